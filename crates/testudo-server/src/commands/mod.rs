//! What a service does when it is asked, one file a command.

pub(crate) mod config;
mod fitness;
pub(crate) mod healthcheck;
pub(crate) mod migrate;
pub(crate) mod routes;
pub(crate) mod serve;

use std::{
    env,
    fmt::Display,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use testudo_core::ShieldInfo;
use testudo_settings::{Loaded, Loader, SettingsErrors};
use tokio::runtime::Runtime;

use crate::{command_line::Common, error::StartError, needs::wanted_sections, observe::log::Logger};

/// How long blocking work (a password hash, a query) may take to notice that the service is gone.
const BLOCKING_WORK: Duration = Duration::from_secs(1);
/// How long the last lines of the log may take to be written.
const LAST_LINES: Duration = Duration::from_secs(2);

/// The loader of what the command line, the variables and the file say, and of what these shields need.
pub(crate) fn loader<'s>(
    common: &Common,
    shields: impl Iterator<Item = &'s ShieldInfo>,
) -> Result<Loader, StartError> {
    let loader = Loader::new().variables(env::vars_os()).wants(wanted_sections(shields)?);
    let loader = match &common.config {
        Some(path) => loader.config(path),
        None => loader,
    };
    Ok(common.set.iter().fold(loader, |loader, (key, value)| loader.flag(key, value)))
}

/// The configuration, or everything that is wrong with it.
pub(crate) fn load<A: DeserializeOwned + JsonSchema>(loader: &Loader) -> Result<Loaded<A>, StartError> {
    loader.load().map_err(|errors| wrong(&errors))
}

/// Everything that is wrong with the configuration.
fn wrong(errors: &SettingsErrors) -> StartError {
    fitness::all_of(&errors.iter().collect::<Vec<_>>())
}

/// The log of the whole process.
fn log<A>(loaded: &Loaded<A>) -> Result<Logger, StartError> {
    let settings = loaded.settings();
    let unwritable = |error: Box<dyn std::error::Error + Send + Sync>| {
        StartError::incomplete("the log cannot be written").caused_by(error)
    };
    let logger =
        Logger::stderr(&settings.log, settings.environment).map_err(|error| unwritable(error.into()))?;
    logger.install().map_err(|error| unwritable(error.into()))?;
    Ok(logger)
}

/// Works to the end, and gives the log the time to tell everything: also of a panic, which is told nowhere else.
fn to_the_end<T>(
    logger: &Logger,
    workers: usize,
    work: impl Future<Output = Result<T, StartError>>,
) -> Result<T, StartError> {
    let runtime = runtime(workers)?;
    let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(work)))
        .unwrap_or_else(|_| Err(StartError::incomplete("a panic ended the program: the log says where")));
    runtime.shutdown_timeout(BLOCKING_WORK);
    // Last: whatever happened until now may have been logged.
    logger.flush(LAST_LINES);
    ended
}

fn runtime(workers: usize) -> Result<Runtime, StartError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    runtime.map_err(|error| StartError::incomplete("worker threads cannot be started").caused_by(error))
}

fn contradictory(errors: impl Display) -> StartError {
    StartError::surroundings(format!("these routes cannot stand:\n{errors}"))
}
