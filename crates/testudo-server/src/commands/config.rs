//! `config`: what is wrong with the configuration, and what it says.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use testudo_settings::{Loaded, Loader};

use super::{fitness, load, wrong};
use crate::{
    command_line::ConfigCommand,
    error::{Exit, StartError},
    talk,
};

pub(crate) fn run<A: DeserializeOwned + JsonSchema>(
    loader: &Loader,
    command: &ConfigCommand,
) -> Result<Exit, StartError> {
    match command {
        ConfigCommand::Check => check(&load::<A>(loader)?)?,
        ConfigCommand::Explain { key } => {
            let explained = load::<A>(loader)?.explain(key);
            talk::data(explained.map_err(|error| StartError::surroundings(error.to_string()))?.trim_end())?;
        }
        ConfigCommand::Show { json: true } => talk::data(pretty(&load::<A>(loader)?.show_json())?)?,
        ConfigCommand::Show { json: false } => talk::data(load::<A>(loader)?.show().trim_end())?,
        ConfigCommand::Schema => talk::data(pretty(&loader.schema::<A>())?)?,
        ConfigCommand::Sample => talk::data(loader.sample::<A>().trim_end())?,
        ConfigCommand::Diff { one, other, json } => {
            let differences = loader.diff::<A>(*one, *other).map_err(|errors| wrong(&errors))?;
            let text = if *json { pretty(&differences.to_json())? } else { differences.to_string() };
            talk::data(text.trim_end())?;
        }
    }
    Ok(Exit::Done)
}

/// What is worth a word goes to stderr: it is no data, and no error.
fn check<A>(loaded: &Loaded<A>) -> Result<(), StartError> {
    for warning in loaded.warnings() {
        talk::warning(warning);
    }
    for danger in loaded.dangers() {
        talk::warning(format_args!("{danger} takes a protection away"));
    }
    fitness::check(loaded.settings())?;
    talk::data(format_args!("the configuration is fit for {}", loaded.settings().environment))
}

fn pretty(value: &serde_json::Value) -> Result<String, StartError> {
    Ok(serde_json::to_string_pretty(value)?)
}
