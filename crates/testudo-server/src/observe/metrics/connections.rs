//! What listeners and pools count themselves, read when somebody asks.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};

use crate::{
    database::PoolGauge,
    listen::{ConnectionCounters, TimedOut},
};

/// The connections of one listener.
#[derive(Debug)]
pub(super) struct Connections(pub(super) Arc<ConnectionCounters>);

impl Collector for Connections {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let counters = &self.0;
        // A counter's name without `_total` is taken in OpenMetrics: the gauge needs another.
        let help = "Connections that are open";
        let mut open =
            encoder.encode_descriptor("http_server_active_connections", help, None, MetricType::Gauge)?;
        for (kind, count) in [
            ("reserved", counters.reserved()),
            ("regular", counters.open() - counters.reserved().min(counters.open())),
        ] {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            ConstGauge::new(count).encode(open.encode_family(&[("kind", kind)])?)?;
        }
        let help = "Connections by what became of them";
        let mut all =
            encoder.encode_descriptor("http_server_connections", help, None, MetricType::Counter)?;
        let timed_out =
            TimedOut::ALL.map(|what| (format!("timed_out_{}", what.as_str()), counters.timed_out(what)));
        let outcomes = [
            ("accepted".to_owned(), counters.accepted()),
            ("accept_failed".to_owned(), counters.accept_failed()),
            ("refused".to_owned(), counters.refused()),
            ("tls_failed".to_owned(), counters.handshake_failed()),
        ];
        for (outcome, count) in outcomes.into_iter().chain(timed_out) {
            ConstCounter::new(count).encode(all.encode_family(&[("outcome", outcome.as_str())])?)?;
        }
        Ok(())
    }
}

/// The pools of a service, known once its state is open. The names are OpenTelemetry's (semantic conventions for
/// database clients).
#[derive(Debug)]
pub(super) struct Pools(pub(super) Arc<OnceLock<Vec<PoolGauge>>>);

impl Collector for Pools {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let pools = self.0.get().map(Vec::as_slice).unwrap_or_default();
        if pools.is_empty() {
            return Ok(());
        }
        let help = "Connections to a database, by state";
        let mut now =
            encoder.encode_descriptor("db_client_connection_count", help, None, MetricType::Gauge)?;
        for pool in pools {
            let numbers = pool.read();
            for (state, count) in [("idle", numbers.idle), ("used", numbers.used)] {
                let labels = [("db_system_name", pool.system), ("state", state)];
                ConstGauge::new(i64::from(count)).encode(now.encode_family(&labels)?)?;
            }
        }
        let help = "Most connections that a pool opens";
        let mut max = encoder.encode_descriptor("db_client_connection_max", help, None, MetricType::Gauge)?;
        for pool in pools {
            let labels = [("db_system_name", pool.system)];
            ConstGauge::new(i64::from(pool.max)).encode(max.encode_family(&labels)?)?;
        }
        Ok(())
    }
}
