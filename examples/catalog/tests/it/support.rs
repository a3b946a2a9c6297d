//! A catalogue on a free port, with a database of its own.

use catalog::{App, api_token, routes};
use tempfile::TempDir;
use testudo::{Environment, Stack, Surroundings};
use testudo_testkit::{Role, TestService};

/// A folder for one database.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        self.0.path()
    }

    /// The world of a service that keeps its database here.
    pub(crate) fn surroundings(&self, environment: Environment) -> Surroundings {
        let file = self.path().join("catalog.db");
        Surroundings::new(environment).with_database_url(format!("sqlite://{}", file.display()))
    }

    /// Everything the database has written, as it is on the disk.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let files = std::fs::read_dir(self.path()).expect("the folder is there");
        files.flat_map(|file| std::fs::read(file.unwrap().path()).expect("a readable file")).collect()
    }
}

pub(crate) async fn start(surroundings: Surroundings) -> TestService {
    let app = App::open(surroundings).await.expect("a database");
    TestService::start(routes(&Stack::new().shield(api_token)), app).await
}

/// A seeded catalogue, and the folder that must outlive it.
pub(crate) async fn catalogue() -> (TestService, Folder) {
    let folder = Folder::new();
    (start(folder.surroundings(Environment::Development)).await, folder)
}

pub(crate) fn anonymous() -> Role {
    Role::anonymous()
}

pub(crate) fn with_token(token: &str) -> Role {
    Role::new(token).header("x-api-token", token)
}
