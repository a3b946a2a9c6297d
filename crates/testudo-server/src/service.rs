//! `fn main` of a service.

use std::{
    env,
    fmt::{self, Display},
    future::{self, Future},
    process::ExitCode,
};

use testudo_core::Router;

use crate::{
    command::{Command, help},
    error::{Exit, StartError},
    run::{self, BoxFuture, Start},
    surroundings::Surroundings,
    talk,
};

/// A service that has not been given its routes: it cannot run.
#[derive(Debug)]
pub struct NoRoutes(());

/// A service: its state, its routes, and what it answers about itself.
///
/// [`run`](Self::run) reads the command line and the environment (both described in the [crate's](crate)
/// documentation) and does what they say:
///
/// 1. `serve`, the default. Contradictory routes, wrong variables, a state that does not open and a busy port are
///    found before the first request is accepted, and end with exit code 2 and a sentence that says what to do.
/// 2. `routes [--json]` prints who may call what. It opens nothing and needs no variable.
/// 3. `migrate` runs the service's migrations.
/// 4. Ctrl-C or SIGTERM stops accepting; requests in flight get 10 seconds, unless a second signal takes them away.
///
/// ```
/// use testudo_core::{Router, Stack};
/// use testudo_server::{Service, StartError, Surroundings};
///
/// #[derive(Clone)]
/// struct App {
///     greeting: String,
/// }
///
/// async fn open(surroundings: Surroundings) -> Result<App, StartError> {
///     Ok(App { greeting: format!("hello from {}", surroundings.environment()) })
/// }
///
/// async fn greet(axum::extract::State(app): axum::extract::State<App>) -> String {
///     app.greeting
/// }
///
/// fn routes() -> Router<App> {
///     Router::new().route("/", Stack::public("everybody is greeted").get(greet))
/// }
///
/// let service = Service::new("greeter").state(open).routes(routes);
/// // fn main() -> ExitCode { service.run() }
/// # let _ = service;
/// ```
#[must_use = "a service does nothing until it runs"]
pub struct Service<S = (), R = NoRoutes> {
    name: &'static str,
    version: Option<&'static str>,
    open: Start<S>,
    migrate: Option<Start<String>>,
    routes: R,
}

impl Service {
    /// A service without state. The name is the program's, as `--help` and `--version` say it.
    pub fn new(name: &'static str) -> Self {
        let open = |_| -> BoxFuture<()> { Box::pin(future::ready(Ok(()))) };
        Self { name, version: None, open: Box::new(open), migrate: None, routes: NoRoutes(()) }
    }

    /// Opens the state that handlers, shields and dependencies share. It runs before the port is bound, and after
    /// signal handlers are in place.
    pub fn state<S, F, Fut>(self, open: F) -> Service<S>
    where
        F: FnOnce(Surroundings) -> Fut + 'static,
        Fut: Future<Output = Result<S, StartError>> + Send + 'static,
    {
        let open = |surroundings| -> BoxFuture<S> { Box::pin(open(surroundings)) };
        let Self { name, version, migrate, routes, .. } = self;
        Service { name, version, open: Box::new(open), migrate, routes }
    }
}

impl Service {
    /// Takes a state that is there already: one that nothing has to be opened for.
    pub fn with_state<S: Send + 'static>(self, state: S) -> Service<S> {
        self.state(move |_| future::ready(Ok(state)))
    }
}

impl<S> Service<S> {
    /// The routes. They are made without the state, so that `routes` answers without a database.
    pub fn routes<R>(self, routes: R) -> Service<S, R>
    where
        R: FnOnce() -> Router<S>,
    {
        let Self { name, version, open, migrate, .. } = self;
        Service { name, version, open, migrate, routes }
    }
}

impl<S, R> Service<S, R> {
    /// Sets the version that `--version` prints: `.version(env!("CARGO_PKG_VERSION"))`. Defaults to Testudo's own
    /// alone.
    pub fn version(mut self, version: &'static str) -> Self {
        self.version = Some(version);
        self
    }

    /// Sets what `migrate` does. What it returns is printed. Without it `migrate` refuses: there are
    /// no migrations.
    pub fn migrate<M, F, Fut>(mut self, migrate: F) -> Self
    where
        F: FnOnce(Surroundings) -> Fut + 'static,
        Fut: Future<Output = Result<M, StartError>> + Send + 'static,
        M: Display,
    {
        self.migrate = Some(Box::new(|surroundings| {
            let migrated = migrate(surroundings);
            Box::pin(async move { Ok(migrated.await?.to_string()) })
        }));
        self
    }
}

impl<S, R> Service<S, R>
where
    S: Clone + Send + Sync + 'static,
    R: FnOnce() -> Router<S>,
{
    /// Does what the command line says, and returns the exit code that tells how it ended.
    pub fn run(self) -> ExitCode {
        let arguments: Vec<_> =
            env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
        let ended = Command::parse(&arguments).and_then(|command| self.execute(command));
        let exit = ended.unwrap_or_else(|error| {
            talk::error(&error);
            error.exit()
        });
        exit.into()
    }

    fn execute(self, command: Command) -> Result<Exit, StartError> {
        match command {
            Command::Serve => run::serve(self.open, (self.routes)()),
            Command::Routes { json } => run::print_routes(&(self.routes)(), json),
            Command::Migrate => run::migrate(self.name, self.migrate),
            Command::Help => talk::data(help(self.name)).map(|()| Exit::Done),
            Command::Version => talk::data(self.version_line()).map(|()| Exit::Done),
        }
    }

    fn version_line(&self) -> String {
        let testudo = env!("CARGO_PKG_VERSION");
        match self.version {
            Some(version) => format!("{} {version} (testudo {testudo})", self.name),
            None => format!("{} (testudo {testudo})", self.name),
        }
    }
}

impl<S, R> fmt::Debug for Service<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("name", &self.name)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
