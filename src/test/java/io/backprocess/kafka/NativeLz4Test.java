package io.backprocess.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class NativeLz4Test {
    /** As Flink loads a job's jar: not by the JVM's own class loader, and the job's classes before those of the parent. */
    private static final class JobClassLoader extends ClassLoader {
        JobClassLoader() {
            super(NativeLz4Test.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("net.jpountz.") && !name.equals(NativeLz4.class.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @Test
    void makesKafkasCodecNativeInAJobsClassLoader() throws Exception {
        ClassLoader job = new JobClassLoader();

        String before = fastestInstance(job);
        job.loadClass(NativeLz4.class.getName()).getMethod("load").invoke(null);
        String after = fastestInstance(job);

        assertThat(before).as("what Kafka's clients would take").contains("Java");
        assertThat(after).contains("JNI");
    }

    /** What Kafka's codec asks for, each time. */
    private static String fastestInstance(ClassLoader classes) throws Exception {
        Object factory = classes.loadClass("net.jpountz.lz4.LZ4Factory")
                .getMethod("fastestInstance")
                .invoke(null);
        return String.valueOf(factory);
    }
}
