package io.backprocess.testing;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.rpc.AddressResolution;
import org.apache.flink.runtime.rpc.RpcSystem;
import org.apache.flink.runtime.rpc.RpcSystemLoader;
import org.apache.flink.runtime.rpc.pekko.PekkoRpcSystemLoader;
import org.jspecify.annotations.Nullable;

/**
 * Flink's own RPC system, Pekko, loaded once for all clusters of a test's JVM. Flink unpacks it for each cluster, 20 MB, and loads
 * its thousands of classes anew, which costs more than most tests. Flink finds this by {@code META-INF/services}.
 */
public final class SharedRpcSystem implements RpcSystemLoader {
    private static @Nullable RpcSystem shared;

    /** Before Pekko's own loader, which has 0. */
    @Override
    public int getLoadPriority() {
        return -1;
    }

    @Override
    public RpcSystem loadRpcSystem(Configuration configuration) {
        return new Borrowed(pekko(configuration));
    }

    private static synchronized RpcSystem pekko(Configuration configuration) {
        RpcSystem loaded = shared;
        if (loaded == null) {
            loaded = new PekkoRpcSystemLoader().loadRpcSystem(configuration);
            // It deletes what was unpacked.
            Runtime.getRuntime().addShutdownHook(new Thread(loaded::close));
            shared = loaded;
        }
        return loaded;
    }

    /** A cluster closes its RPC system when it ends; the next one needs it still. */
    private record Borrowed(RpcSystem pekko) implements RpcSystem {
        @Override
        public RpcServiceBuilder localServiceBuilder(Configuration configuration) {
            return pekko.localServiceBuilder(configuration);
        }

        @Override
        public RpcServiceBuilder remoteServiceBuilder(
                Configuration configuration, @Nullable String externalAddress, String externalPortRange) {
            return pekko.remoteServiceBuilder(configuration, externalAddress, externalPortRange);
        }

        @Override
        public String getRpcUrl(
                String hostname,
                int port,
                String endpointName,
                AddressResolution addressResolution,
                Configuration configuration)
                throws UnknownHostException {
            return pekko.getRpcUrl(hostname, port, endpointName, addressResolution, configuration);
        }

        @Override
        public InetSocketAddress getInetSocketAddressFromRpcUrl(String url) throws Exception {
            return pekko.getInetSocketAddressFromRpcUrl(url);
        }

        @Override
        public long getMaximumMessageSizeInBytes(Configuration configuration) {
            return pekko.getMaximumMessageSizeInBytes(configuration);
        }
    }
}
