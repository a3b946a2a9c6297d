//! A catalogue on a free port, with a database of its own.

#![allow(dead_code, reason = "every test binary uses its part of it")]

use catalog::{App, api_token, routes};
use tempfile::TempDir;
use testudo::{Environment, Stack, Surroundings};
use testudo_testkit::{PostgresDatabase, Role, TestService};

/// What the catalogue keeps its data in.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

/// A place for one database.
pub(crate) enum Place {
    Folder(TempDir),
    Server(PostgresDatabase),
}

impl Place {
    pub(crate) fn new() -> Self {
        match crate::DATABASE {
            Kind::Sqlite => Self::Folder(tempfile::tempdir().expect("a temporary folder")),
            Kind::Postgres => Self::Server(PostgresDatabase::create().expect("PostgreSQL")),
        }
    }

    /// The folder of a database that is a file.
    pub(crate) fn path(&self) -> &std::path::Path {
        match self {
            Self::Folder(folder) => folder.path(),
            Self::Server(_) => panic!("a server keeps its files to itself"),
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Folder(folder) => format!("sqlite://{}", folder.path().join("catalog.db").display()),
            Self::Server(database) => database.url(),
        }
    }

    /// The world of a service that keeps its data here.
    pub(crate) fn surroundings(&self, environment: Environment) -> Surroundings {
        Surroundings::new(environment).with_database_url(self.url())
    }

    /// Changes the database behind the service's back.
    pub(crate) async fn execute(&self, statement: &'static str) {
        match self {
            Self::Folder(_) => {
                use sqlx::{Connection, SqliteConnection};
                let mut connection =
                    SqliteConnection::connect(&self.url()).await.expect("the database is there");
                sqlx::raw_sql(statement).execute(&mut connection).await.expect("a statement");
            }
            Self::Server(database) => drop(database.execute(statement)),
        }
    }

    /// Everything the database has stored, as it is on the disk or in a dump.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Folder(folder) => {
                let files = std::fs::read_dir(folder.path()).expect("the folder is there");
                files.flat_map(|file| std::fs::read(file.unwrap().path()).expect("a readable file")).collect()
            }
            Self::Server(database) => {
                let tables = ["users", "tokens", "products"];
                tables
                    .iter()
                    .flat_map(|table| database.execute(&format!("TABLE {table}")).into_bytes())
                    .collect()
            }
        }
    }
}

pub(crate) async fn start(surroundings: Surroundings) -> TestService {
    let app = App::open(surroundings).await.expect("a database");
    TestService::start(routes(&Stack::new().shield(api_token)), app).await
}

/// A seeded catalogue, and the place that must outlive it.
pub(crate) async fn catalogue() -> (TestService, Place) {
    let place = Place::new();
    (start(place.surroundings(Environment::Development)).await, place)
}

pub(crate) fn anonymous() -> Role {
    Role::anonymous()
}

pub(crate) fn with_token(token: &str) -> Role {
    Role::new(token).header("x-api-token", token)
}
