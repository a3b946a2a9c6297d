//! What the system tells a service.

use std::io;

use tokio::sync::mpsc;

/// Events that may wait: more of the same say nothing new.
const WAITING: usize = 16;

/// What a service is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// To stop; the second time, at once.
    Stop,
    /// To read again what may change while it runs.
    Reload,
}

/// Listens to SIGINT, SIGTERM and SIGHUP; from now on none of them kills the process. Call it before anything that
/// takes long.
#[cfg(unix)]
pub(crate) fn install() -> io::Result<mpsc::Receiver<Event>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let (events, receiver) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        loop {
            let event = tokio::select! {
                _ = interrupt.recv() => Event::Stop,
                _ = terminate.recv() => Event::Stop,
                _ = hang_up.recv() => Event::Reload,
            };
            if events.send(event).await.is_err() {
                break;
            }
        }
    });
    Ok(receiver)
}

/// Listens to Ctrl-C; from now on it does not kill the process. Call it before anything that takes long.
#[cfg(windows)]
pub(crate) fn install() -> io::Result<mpsc::Receiver<Event>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    let (events, receiver) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        while interrupt.recv().await.is_some() && events.send(Event::Stop).await.is_ok() {}
    });
    Ok(receiver)
}

/// Waits until the service is told to stop. Once nobody is left to tell it, never.
pub(crate) async fn stop(events: &mut mpsc::Receiver<Event>, mut reload: impl FnMut()) {
    loop {
        match events.recv().await {
            Some(Event::Stop) => return,
            Some(Event::Reload) => reload(),
            None => std::future::pending().await,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::{Command, id};

    use super::*;

    #[tokio::test]
    async fn signals_are_events_and_do_not_kill() {
        let mut events = install().unwrap();
        for (signal, expected) in
            [("-HUP", Event::Reload), ("-TERM", Event::Stop), ("-INT", Event::Stop), ("-HUP", Event::Reload)]
        {
            assert!(Command::new("kill").args([signal, &id().to_string()]).status().unwrap().success());
            let event = tokio::time::timeout(std::time::Duration::from_secs(20), events.recv()).await;
            assert_eq!(event, Ok(Some(expected)), "{signal}");
        }
    }
}
