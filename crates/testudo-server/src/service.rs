//! `fn main` of a service.

use std::{
    env,
    fmt::{self, Display},
    future::{self, Future},
    pin::Pin,
    process::ExitCode,
};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use testudo_core::Router;
use testudo_settings::NoApp;

use crate::{
    command_line::{self, Asked, Command, Common, OwnCommand},
    commands::{self, config, healthcheck, migrate, routes, serve},
    error::{Exit, StartError},
    needs::give_stores,
    surroundings::Surroundings,
    talk,
};

pub(crate) type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, StartError>> + Send>>;

/// What a service does with its surroundings: opens its state, migrates, runs a command.
pub(crate) type Start<T, A> = Box<dyn FnOnce(Surroundings<A>) -> BoxFuture<T>>;

/// What a command of the service's own does with the arguments behind its name.
type OwnWork<A> = Box<dyn FnOnce(Surroundings<A>, Vec<String>) -> BoxFuture<String>>;

/// A service that has not been given its routes: it cannot run.
///
/// ```
/// use testudo_server::{NoRoutes, Service};
///
/// let service: Service<(), NoRoutes> = Service::new("shop");
/// assert!(format!("{service:?}").contains("shop"));
/// ```
#[derive(Debug)]
pub struct NoRoutes(());

/// What a service is called.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About {
    pub(crate) name: &'static str,
    pub(crate) version: Option<&'static str>,
}

/// A service: its state, its routes, and what it answers about itself.
///
/// [`run`](Self::run) reads the command line and the configuration (both described in the [crate's](crate)
/// documentation) and does what they say:
///
/// 1. `serve`, the default. Contradictory routes, a wrong configuration, a state that does not open and a busy port are
///    found before the first request is accepted, and end with exit code 2 and a sentence that says what to do.
/// 2. `routes [--json]` prints who may call what. It opens nothing and needs no configuration.
/// 3. `config check | explain KEY | show | schema | sample | diff ENV ENV` speaks of the configuration.
/// 4. `migrate` runs the service's migrations.
/// 5. `healthcheck` asks the running service whether it lives.
/// 6. Ctrl-C or SIGTERM stops: `/readiness` says so at once, the listeners go on for `shutdown.drain_delay`, and what is
///    in flight gets `shutdown.budget`, unless a second signal takes it away. SIGHUP reads the configuration again.
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
/// assert!(format!("{service:?}").contains("greeter"));
/// ```
#[must_use = "a service does nothing until it runs"]
pub struct Service<S = (), R = NoRoutes, A = NoApp> {
    about: About,
    open: Start<S, A>,
    migrate: Option<Start<String, A>>,
    own: Vec<(OwnCommand, OwnWork<A>)>,
    routes: R,
}

impl Service {
    /// A service without state. The name is the program's, as `--help` and `--version` say it.
    pub fn new(name: &'static str) -> Self {
        Self::named(name)
    }

    /// Its own section of the configuration, `[app]`, as a type: what [`Surroundings::app`] gives. Set it before the
    /// state.
    ///
    /// ```
    /// use schemars::JsonSchema;
    /// use serde::Deserialize;
    /// use testudo_server::{Service, StartError, Surroundings};
    ///
    /// #[derive(Clone, Deserialize, JsonSchema)]
    /// #[serde(deny_unknown_fields, default)]
    /// struct Greeting {
    ///     /// What visitors read.
    ///     text: String,
    /// }
    ///
    /// impl Default for Greeting {
    ///     fn default() -> Self {
    ///         Self { text: "hello".to_owned() }
    ///     }
    /// }
    ///
    /// async fn open(surroundings: Surroundings<Greeting>) -> Result<String, StartError> {
    ///     Ok(surroundings.app().text.clone())
    /// }
    ///
    /// let service = Service::new("greeter").settings::<Greeting>().state(open);
    /// assert!(format!("{service:?}").contains("greeter"));
    /// ```
    pub fn settings<A>(self) -> Service<(), NoRoutes, A>
    where
        A: DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static,
    {
        // What was said before still counts: it was written for a service without settings, and sees none.
        fn without<T: 'static, A: 'static>(work: Start<T, NoApp>) -> Start<T, A> {
            Box::new(|surroundings| work(surroundings.with_app(NoApp {})))
        }
        let Self { about, open, migrate, own, routes } = self;
        let own = own.into_iter().map(|(own, run)| {
            let run: OwnWork<A> =
                Box::new(|surroundings, arguments| run(surroundings.with_app(NoApp {}), arguments));
            (own, run)
        });
        Service { about, open: without(open), migrate: migrate.map(without), own: own.collect(), routes }
    }
}

impl<A: 'static> Service<(), NoRoutes, A> {
    fn named(name: &'static str) -> Self {
        let open = |_| -> BoxFuture<()> { Box::pin(future::ready(Ok(()))) };
        let about = About { name, version: None };
        Self { about, open: Box::new(open), migrate: None, own: Vec::new(), routes: NoRoutes(()) }
    }

    /// Opens the state that handlers, shields and dependencies share. It runs after signal handlers are in place and
    /// the ports are bound, and before anything is accepted.
    pub fn state<S, F, Fut>(self, open: F) -> Service<S, NoRoutes, A>
    where
        F: FnOnce(Surroundings<A>) -> Fut + 'static,
        Fut: Future<Output = Result<S, StartError>> + Send + 'static,
    {
        let open = |surroundings| -> BoxFuture<S> { Box::pin(open(surroundings)) };
        let Self { about, migrate, own, routes, .. } = self;
        Service { about, open: Box::new(open), migrate, own, routes }
    }

    /// Takes a state that is there already: one that nothing has to be opened for.
    ///
    /// ```
    /// # use testudo_server::{NoRoutes, Service};
    /// let service: Service<u32, NoRoutes> = Service::new("shop").with_state(7);
    /// assert!(format!("{service:?}").contains("shop"));
    /// ```
    pub fn with_state<S: Send + 'static>(self, state: S) -> Service<S, NoRoutes, A> {
        self.state(move |_| future::ready(Ok(state)))
    }
}

impl<S, A> Service<S, NoRoutes, A> {
    /// The routes. They are made without the state, so that `routes` answers without a database.
    pub fn routes<R>(self, routes: R) -> Service<S, R, A>
    where
        R: FnOnce() -> Router<S>,
    {
        let Self { about, open, migrate, own, .. } = self;
        Service { about, open, migrate, own, routes }
    }
}

impl<S, R, A> Service<S, R, A> {
    /// Sets the version that `--version` prints: `.version(env!("CARGO_PKG_VERSION"))`. Defaults to Testudo's own
    /// alone.
    ///
    /// ```
    /// # use testudo_server::Service;
    /// assert!(format!("{:?}", Service::new("shop").version("1.2.3")).contains("1.2.3"));
    /// ```
    pub fn version(mut self, version: &'static str) -> Self {
        self.about.version = Some(version);
        self
    }

    /// Sets what `migrate` does. What it returns is printed. Without it `migrate` refuses: there are
    /// no migrations.
    ///
    /// ```
    /// # use testudo_server::{Service, StartError, Surroundings};
    /// async fn migrate(_: Surroundings) -> Result<&'static str, StartError> {
    ///     Ok("the tables are up to date")
    /// }
    ///
    /// assert!(format!("{:?}", Service::new("shop").migrate(migrate)).contains("shop"));
    /// ```
    pub fn migrate<M, F, Fut>(mut self, migrate: F) -> Self
    where
        F: FnOnce(Surroundings<A>) -> Fut + 'static,
        Fut: Future<Output = Result<M, StartError>> + Send + 'static,
        M: Display,
    {
        self.migrate = Some(Box::new(|surroundings| printed(migrate(surroundings))));
        self
    }

    /// Adds a command of the service's own. It gets the arguments behind its name, and surroundings like those of the
    /// state; what it returns is printed.
    ///
    /// ```
    /// use testudo_server::{Service, StartError, Surroundings};
    ///
    /// async fn import(_: Surroundings, files: Vec<String>) -> Result<String, StartError> {
    ///     Ok(format!("{} price lists were imported", files.len()))
    /// }
    ///
    /// let service = Service::new("shop").command("import", "Imports price lists", import);
    /// assert!(format!("{service:?}").contains("import"));
    /// ```
    pub fn command<M, F, Fut>(mut self, name: &'static str, about: &'static str, run: F) -> Self
    where
        F: FnOnce(Surroundings<A>, Vec<String>) -> Fut + 'static,
        Fut: Future<Output = Result<M, StartError>> + Send + 'static,
        M: Display,
    {
        let run = |surroundings, arguments| printed(run(surroundings, arguments));
        self.own.push((OwnCommand { name, about }, Box::new(run)));
        self
    }
}

fn printed<M: Display>(
    work: impl Future<Output = Result<M, StartError>> + Send + 'static,
) -> BoxFuture<String> {
    Box::pin(async move { Ok(work.await?.to_string()) })
}

impl<S, R, A> Service<S, R, A>
where
    S: Clone + Send + Sync + 'static,
    R: FnOnce() -> Router<S>,
    A: DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static,
{
    /// Does what the command line says, and returns the exit code that tells how it ended.
    ///
    /// ```
    /// use std::process::ExitCode;
    /// use testudo_core::{Router, Stack};
    /// use testudo_server::Service;
    ///
    /// fn main() -> ExitCode {
    ///     let routes = || Router::new().route("/", Stack::public("hello").get(async || "hello"));
    ///     # assert_eq!(routes().access_matrix().routes().len(), 1);
    ///     # if true { return ExitCode::SUCCESS }
    ///     Service::new("greeter").routes(routes).run()
    /// }
    /// ```
    pub fn run(self) -> ExitCode {
        let own: Vec<OwnCommand> = self.own.iter().map(|(own, _)| *own).collect();
        if let Some(name) = command_line::taken(&own) {
            let error = StartError::surroundings(format!(
                "the command {name:?} is there already: give the service's own command another name"
            ));
            talk::error(&error);
            return error.exit().into();
        }
        let asked = match command_line::parse(self.about.name, self.version_line(), &own, env::args_os()) {
            Ok(asked) => asked,
            Err(error) => {
                // Help and versions are data; mistakes are talk. Either prints itself where it belongs.
                let _ = error.print();
                return u8::try_from(error.exit_code()).unwrap_or(2).into();
            }
        };
        let ended = match asked {
            Asked::Ours(common, command) => self.execute(&common, command),
            Asked::Own(common, name, arguments) => self.execute_own(&common, &name, arguments),
        };
        let exit = ended.unwrap_or_else(|error| {
            talk::error(&error);
            error.exit()
        });
        exit.into()
    }

    fn execute(self, common: &Common, command: Command) -> Result<Exit, StartError> {
        let router = (self.routes)();
        let sources = || commands::loader(common, router.shields());
        match command {
            Command::Serve => {
                let loaded = commands::load(&sources()?)?;
                give_stores(router.shields(), &loaded.settings().redis, self.about.name)?;
                serve::run(self.about, loaded, self.open, router)
            }
            // Who may call what needs no configuration.
            Command::Routes { json } => routes::run(&router, json),
            Command::Config(command) => config::run::<A>(&sources()?, &command),
            Command::Migrate => {
                let name = self.about.name;
                let migrate = self
                    .migrate
                    .ok_or_else(|| StartError::surroundings(format!("{name} has no migrations")))?;
                migrate::run(name, &commands::load(&sources()?)?, migrate)
            }
            Command::Healthcheck { readiness } => {
                healthcheck::run(commands::load::<A>(&sources()?)?.settings(), readiness)
            }
        }
    }

    fn execute_own(self, common: &Common, name: &str, arguments: Vec<String>) -> Result<Exit, StartError> {
        let found = self.own.into_iter().find(|(own, _)| own.name == name);
        let Some((_, run)) = found else {
            return Err(StartError::surroundings(format!("there is no command {name:?}")));
        };
        let work: Start<String, A> = Box::new(|surroundings| run(surroundings, arguments));
        let loader = commands::loader(common, (self.routes)().shields())?;
        migrate::run(self.about.name, &commands::load(&loader)?, work)
    }

    fn version_line(&self) -> String {
        let testudo = env!("CARGO_PKG_VERSION");
        match self.about.version {
            Some(version) => format!("{version} (testudo {testudo})"),
            None => format!("(testudo {testudo})"),
        }
    }
}

impl<S, R, A> fmt::Debug for Service<S, R, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("name", &self.about.name)
            .field("version", &self.about.version)
            .field("commands", &self.own.iter().map(|(own, _)| own.name).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
