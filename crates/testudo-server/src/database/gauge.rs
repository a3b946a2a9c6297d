//! What metrics read of a pool.

use std::fmt;

/// The numbers of one pool, read when they are asked for.
pub(crate) struct PoolGauge {
    /// The kind of its database.
    pub(crate) system: &'static str,
    /// Where it is: a file, or hosts with their ports. Nothing of it is secret.
    pub(crate) place: String,
    /// Most connections it opens.
    pub(crate) max: u32,
    read: Box<dyn Fn() -> PoolNumbers + Send + Sync>,
}

/// What a pool looks like at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PoolNumbers {
    /// Connections that nobody uses.
    pub(crate) idle: u32,
    /// Connections that somebody uses.
    pub(crate) used: u32,
}

impl PoolGauge {
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(crate) fn of<DB: sqlx::Database>(
        system: &'static str,
        place: impl Into<String>,
        pool: &sqlx::Pool<DB>,
    ) -> Self {
        let max = pool.options().get_max_connections();
        let pool = pool.clone();
        let read = move || {
            let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
            PoolNumbers { idle, used: pool.size().saturating_sub(idle) }
        };
        Self { system, place: place.into(), max, read: Box::new(read) }
    }

    /// Tells operators which database it is.
    pub(crate) fn say(&self) {
        tracing::info!(db.system.name = self.system, place = self.place, "the database is open");
    }

    pub(crate) fn read(&self) -> PoolNumbers {
        (self.read)()
    }
}

impl fmt::Debug for PoolGauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolGauge")
            .field("system", &self.system)
            .field("now", &self.read())
            .finish_non_exhaustive()
    }
}
