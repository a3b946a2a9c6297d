//! The programs of a bench, which print their figures as JSON.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, de::DeserializeOwned};

use crate::process::Cmd;

/// The programs of the benches.
#[derive(Debug)]
pub(super) struct Programs {
    folder: PathBuf,
}

impl Programs {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What a program has measured, by id.
    pub(super) fn figures<T: DeserializeOwned>(
        &self,
        name: &str,
        arguments: &[String],
    ) -> Result<BTreeMap<String, T>> {
        let command = Cmd::new(self.path(name)).args(arguments).show_errors();
        let figures: Vec<Figure<T>> =
            serde_json::from_str(&command.read()?).with_context(|| format!("what {name} printed"))?;
        Ok(figures.into_iter().map(|figure| (figure.id, figure.rest)).collect())
    }
}

#[derive(Deserialize)]
struct Figure<T> {
    id: String,
    #[serde(flatten)]
    rest: T,
}
