//! Which of several hosts takes writes, also after that has changed.

use std::{sync::Arc, time::Duration};

use sqlx::{Connection, PgConnection, PgPool, Row, postgres::PgConnectOptions};
use tokio::{
    sync::watch,
    time::{Instant, timeout},
};

use super::hosts::name;

/// Time between two looks at the primary.
const PERIOD: Duration = Duration::from_secs(1);
/// How long a host may take to say what it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// The host that takes writes.
pub(super) struct Primary {
    hosts: Vec<PgConnectOptions>,
    chosen: watch::Sender<Chosen>,
}

#[derive(Clone, Copy)]
struct Chosen {
    index: usize,
    since: Instant,
}

impl Primary {
    /// Asks the hosts in turn, until one takes writes or the time is up.
    pub(super) async fn find(hosts: Vec<PgConnectOptions>, patience: Duration) -> Result<Self, sqlx::Error> {
        let deadline = Instant::now() + patience;
        loop {
            let error = match first_primary(&hosts, None).await {
                Ok(index) => {
                    let chosen = watch::Sender::new(Chosen { index, since: Instant::now() });
                    return Ok(Self { hosts, chosen });
                }
                Err(error) => error,
            };
            if Instant::now() + PERIOD > deadline {
                return Err(error);
            }
            tokio::time::sleep(PERIOD / 4).await;
        }
    }

    pub(super) fn current(&self) -> PgConnectOptions {
        self.hosts[self.chosen().index].clone()
    }

    /// Whether another host has become the primary since a connection of this age was opened.
    pub(super) fn changed_since(&self, age: Duration) -> bool {
        self.hosts.len() > 1 && age > self.chosen().since.elapsed()
    }

    /// Waits until another host has become the primary since a connection of this age was opened.
    pub(super) async fn replaced(&self, age: Duration) {
        let opened = Instant::now().checked_sub(age);
        let replaced = |chosen: &Chosen| opened.is_none_or(|opened| chosen.since > opened);
        if self.hosts.len() < 2 || self.chosen.subscribe().wait_for(replaced).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn chosen(&self) -> Chosen {
        *self.chosen.borrow()
    }

    fn choose(&self, index: usize) {
        self.chosen.send_replace(Chosen { index, since: Instant::now() });
    }
}

/// Looks at the primary again and again. When it is gone, or takes no writes any more, the host that does takes its
/// place: new connections go there, and old ones are closed instead of being handed out.
pub(super) async fn follow(primary: Arc<Primary>, pool: PgPool) {
    if primary.hosts.len() < 2 {
        return;
    }
    loop {
        tokio::time::sleep(PERIOD).await;
        let current = primary.chosen().index;
        if takes_writes(&primary.hosts[current]).await.unwrap_or(false) {
            continue;
        }
        // Nobody else takes writes either: whoever comes back first is found.
        let Ok(index) = first_primary(&primary.hosts, Some(current)).await else { continue };
        pool.set_connect_options(primary.hosts[index].clone());
        primary.choose(index);
        let (from, to) = (name(&primary.hosts[current]), name(&primary.hosts[index]));
        tracing::warn!(from, to, "another Postgres host takes the writes");
    }
}

/// The first host that takes writes, but for one.
async fn first_primary(hosts: &[PgConnectOptions], but: Option<usize>) -> Result<usize, sqlx::Error> {
    let mut failure = None;
    for (index, host) in hosts.iter().enumerate().filter(|(index, _)| Some(*index) != but) {
        match takes_writes(host).await {
            Ok(true) => return Ok(index),
            Ok(false) => failure = failure.or(Some(standby(host))),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    Err(failure.unwrap_or(sqlx::Error::PoolTimedOut))
}

fn standby(host: &PgConnectOptions) -> sqlx::Error {
    sqlx::Error::Configuration(format!("{} is a standby", name(host)).into())
}

async fn takes_writes(host: &PgConnectOptions) -> Result<bool, sqlx::Error> {
    let ask = async {
        let mut connection = PgConnection::connect_with(host).await?;
        let statement = "SELECT NOT pg_is_in_recovery()";
        // Whoever stands in between may not know prepared statements.
        let answer = sqlx::raw_sql(statement).fetch_one(&mut connection).await?.try_get(0)?;
        // The answer is there; a connection that does not close politely is dropped.
        let _ = connection.close().await;
        Ok(answer)
    };
    timeout(PATIENCE, ask).await.unwrap_or_else(|_| {
        let error =
            std::io::Error::new(std::io::ErrorKind::TimedOut, format!("{} does not answer", name(host)));
        Err(sqlx::Error::Io(error))
    })
}
