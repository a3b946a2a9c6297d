//! How the peers that have no runtime of their own are served: as `axum` documents it, with Testudo's number of threads.

use std::{env, net::SocketAddr};

use anyhow::{Context, Result};
use axum::{Router, serve::ListenerExt};
use tokio::{
    net::TcpListener,
    runtime::Builder,
    signal::unix::{SignalKind, signal},
};

/// Serves `router` on the port in `PORT` with the threads in `WORKERS`, until SIGTERM.
///
/// # Errors
/// If a variable or the port cannot be used.
pub fn serve(router: impl FnOnce() -> Router) -> Result<()> {
    let runtime = Builder::new_multi_thread().worker_threads(number("WORKERS")?).enable_all().build()?;
    runtime.block_on(async {
        let mut term = signal(SignalKind::terminate())?;
        let listener = TcpListener::bind(("127.0.0.1", number("PORT")?)).await?.tap_io(|stream| {
            // A connection that is gone already is noticed when it is read.
            let _ = stream.set_nodelay(true);
        });
        let service = router().into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service)
            .with_graceful_shutdown(async move {
                term.recv().await;
            })
            .await?;
        Ok(())
    })
}

fn number<T: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>>(name: &str) -> Result<T> {
    env::var(name)?.parse().with_context(|| format!("the variable {name}"))
}
