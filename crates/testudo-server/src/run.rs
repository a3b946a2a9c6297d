//! The commands of a service.

use std::{env, fmt::Display, future::Future, pin::Pin, time::Duration};

use testudo_core::Router;
use tokio::runtime::Runtime;

use crate::{
    error::{Exit, StartError},
    serve::{bind, serve_until_stopped},
    settings::Settings,
    signals::StopSignals,
    surroundings::Surroundings,
    talk,
};

/// How long blocking work (a password hash, a query) may take to notice that the service is gone.
const BLOCKING_WORK: Duration = Duration::from_secs(1);

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, StartError>> + Send>>;

/// What a service does with its surroundings: opens its state, or migrates.
pub(crate) type Start<T> = Box<dyn FnOnce(Surroundings) -> BoxFuture<T>>;

/// `serve`: everything that can be wrong is found before the first request is accepted.
pub(crate) fn serve<S>(open: Start<S>, router: Router<S>) -> Result<Exit, StartError>
where
    S: Clone + Send + Sync + 'static,
{
    let settings = settings()?;
    let matrix = router.access_matrix().clone();
    let router = router.try_into_axum().map_err(contradictory)?;
    talk::log(settings.log_level)?;
    let runtime = runtime()?;
    let ended = runtime.block_on(async {
        // Before what may take long: a signal must not find nobody who listens to it.
        let mut signals = StopSignals::install()?;
        let state = tokio::select! {
            state = open(surroundings(&settings)) => state?,
            () = signals.next() => return Err(StartError::incomplete("stopped before it was ready")),
        };
        let listener = bind(settings.host, settings.port).await?;
        talk::listening(&matrix, listener.local_addr()?, settings.environment);
        Ok(serve_until_stopped(listener, router.with_state(state), &mut signals).await)
    });
    runtime.shutdown_timeout(BLOCKING_WORK);
    ended
}

/// `routes`: who may call what, as a table or as JSON.
pub(crate) fn print_routes<S>(router: &Router<S>, json: bool) -> Result<Exit, StartError>
where
    S: Clone + Send + Sync + 'static,
{
    router.check().map_err(contradictory)?;
    let matrix = router.access_matrix();
    if json {
        talk::data(serde_json::to_string_pretty(matrix)?)?;
    } else {
        talk::data(matrix.to_string().trim_end())?;
    }
    Ok(Exit::Done)
}

/// `migrate`, for a service that has something to migrate.
pub(crate) fn migrate(service: &str, migrate: Option<Start<String>>) -> Result<Exit, StartError> {
    let settings = settings()?;
    let Some(migrate) = migrate else {
        return Err(StartError::surroundings(format!("{service} has no migrations")));
    };
    talk::log(settings.log_level)?;
    // Called inside the runtime: a service may start its work before its future is awaited.
    let summary = runtime()?.block_on(async { migrate(surroundings(&settings)).await })?;
    talk::data(summary)?;
    Ok(Exit::Done)
}

fn settings() -> Result<Settings, StartError> {
    Settings::read(env::vars_os()).map_err(|errors| StartError::surroundings(errors.to_string()))
}

fn surroundings(settings: &Settings) -> Surroundings {
    let surroundings = Surroundings::new(settings.environment);
    match &settings.database_url {
        Some(url) => surroundings.with_database_url(url),
        None => surroundings,
    }
}

fn contradictory(errors: impl Display) -> StartError {
    StartError::surroundings(format!("these routes cannot stand:\n{errors}"))
}

fn runtime() -> Result<Runtime, StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| StartError::incomplete("worker threads cannot be started").caused_by(error))
}

#[cfg(test)]
mod tests {
    use testudo_core::Stack;

    use super::*;

    #[test]
    fn routes_that_contradict_each_other_are_all_named() {
        let open = Stack::public("it is a test");
        let hello = || async { "hello" };
        let router: Router = Router::new()
            .route("/a", open.get(hello))
            .route("/a", open.get(hello))
            .route("b", open.get(hello));
        let error = print_routes(&router, false).unwrap_err();
        assert_eq!(error.exit(), Exit::Refused);
        let text = error.to_string();
        assert!(text.starts_with("these routes cannot stand:\nGET /a: registered twice"), "{text}");
        assert!(text.contains("\n\"b\" is not a path: it has to start with `/`"), "{text}");
    }
}
