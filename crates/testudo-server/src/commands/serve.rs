//! `serve`: everything that can be wrong is found before the first request is accepted.

use std::{net::SocketAddr, sync::Arc};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use testudo_core::{AccessMatrix, Router};
use testudo_settings::{Loaded, Settings};
use tokio::{
    sync::{Notify, mpsc},
    task::JoinSet,
};

use super::{contradictory, log, to_the_end};
#[cfg(feature = "otlp")]
use crate::observe::otlp::Exporter;
use crate::{
    admin::Admin,
    database::is_unavailable,
    error::{Exit, StartError},
    health::{Probe, Readiness, watch},
    listen::{
        self, Activated, Endpoint, Event, Lifecycle, Limits, Listener, StopTimes, Tls, accept, bind, workers,
    },
    observe::{
        Observer,
        metrics::{Metrics, Sources},
    },
    pipeline::{Edge, Pipeline},
    service::{About, Start},
    surroundings::{Surroundings, World},
    talk,
};

/// How long the last spans may take to be sent.
#[cfg(feature = "otlp")]
const LAST_SPANS: std::time::Duration = std::time::Duration::from_secs(1);

pub(crate) fn run<S, A>(
    about: About,
    loaded: Loaded<A>,
    open: Start<S, A>,
    router: Router<S>,
) -> Result<Exit, StartError>
where
    S: Clone + Send + Sync + 'static,
    A: DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static,
{
    let logger = log(&loaded)?;
    let sources = Sources::default();
    let metrics =
        Metrics::for_routes(router.access_matrix(), about.name, about.version, logger.dropped(), &sources);
    let observer = Observer::new(logger, metrics, &loaded.settings().log);
    let matrix = router.access_matrix().clone();
    own_paths(&matrix)?;
    let router = router.on_shield(observer.shield_monitor()).unavailable_if(is_unavailable);
    let router = router.try_into_axum().map_err(contradictory)?;
    let service = Serving { about, loaded: Arc::new(loaded), observer: observer.clone(), sources, matrix };
    let workers = workers(service.loaded.settings().server.workers);
    to_the_end(observer.logger(), workers, service.run(open, router))
}

/// The probes are the service's own: a route there would never be reached.
fn own_paths(matrix: &AccessMatrix) -> Result<(), StartError> {
    let taken =
        matrix.routes().iter().map(testudo_core::RouteAccess::path).find(|path| Probe::PATHS.contains(path));
    match taken {
        Some(path) => Err(contradictory(format_args!(
            "{path}: the service answers this path itself; {} are its probes",
            Probe::PATHS.join(", ")
        ))),
        None => Ok(()),
    }
}

struct Serving<A> {
    about: About,
    loaded: Arc<Loaded<A>>,
    observer: Arc<Observer>,
    sources: Sources,
    matrix: AccessMatrix,
}

/// The sockets of a service.
struct Sockets {
    public: Listener,
    admin: Option<Listener>,
    tls: Option<Tls>,
}

impl<A> Serving<A>
where
    A: DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static,
{
    async fn run<S>(self, open: Start<S, A>, router: axum::Router<S>) -> Result<Exit, StartError>
    where
        S: Clone + Send + Sync + 'static,
    {
        // Before what may take long: a signal must not find nobody who listens to it.
        let mut events = listen::install()?;
        let settings = self.loaded.settings();
        let sockets = sockets(settings)?;
        let edge = Edge::from_settings(&settings.reloadable()).map_err(StartError::surroundings)?;
        let world = World::new(self.about.name, settings.clone());
        let surroundings = Surroundings::of(world.clone(), self.loaded.app().clone());
        let state = tokio::select! {
            state = open(surroundings) => state?,
            () = listen::stop(&mut events, || {}) => return Err(StartError::incomplete("stopped before it was ready")),
        };

        let mut left = world.take();
        let _ = self.sources.pools.set(std::mem::take(&mut left.pools));
        let checks = std::mem::take(&mut left.checks);
        let readiness = Readiness::new(&checks);
        let watching = watch(&readiness, checks, &settings.health);

        export_spans(&self.observer, settings, self.about)?;
        let lifecycle = Lifecycle::new(StopTimes::from(&settings.shutdown));
        let pipeline = Pipeline::new(
            settings,
            edge,
            router.with_state(state),
            self.observer.clone(),
            readiness.clone(),
            lifecycle.shutdown(),
        );
        let ended = self.serve(sockets, pipeline, readiness, lifecycle, &mut events).await?;

        drop(watching);
        left.stop().await;
        last_spans(&self.observer).await;
        Ok(ended)
    }

    async fn serve(
        &self,
        sockets: Sockets,
        pipeline: Pipeline,
        readiness: Arc<Readiness>,
        lifecycle: Lifecycle,
        events: &mut mpsc::Receiver<Event>,
    ) -> Result<Exit, StartError> {
        let settings = self.loaded.settings().clone();
        let address = sockets.public.local_addr()?;
        let admin_address = sockets.admin.as_ref().map(Listener::local_addr).transpose()?;
        let shutdown = lifecycle.shutdown();
        let admin = Admin::new(&settings, self.observer.clone(), readiness, shutdown, &self.matrix)
            .map_err(StartError::surroundings)?;
        admin.show_config(&self.loaded.show_json());
        let connections = settings.database.max_connections as usize;
        let limits = Limits::from(&settings.server).within(listen::raise_files(), connections);
        let wake = Arc::new(Notify::new());
        let mut tasks = JoinSet::new();
        if let Some(tls) = &sockets.tls {
            tasks.spawn(tls.clone().keep_current(wake.clone()));
        }
        // Each ends by itself when the lifecycle says so, and is waited for by it.
        tokio::spawn(accept(
            sockets.public,
            Endpoint {
                answer: pipeline.clone(),
                limits,
                tls: sockets.tls,
                counters: self.sources.connections.clone(),
                shutdown: lifecycle.shutdown(),
            },
        ));
        if let Some(listener) = sockets.admin {
            tokio::spawn(accept(
                listener,
                Endpoint {
                    answer: admin.clone(),
                    limits: Admin::limits(&settings.server),
                    tls: None,
                    counters: Arc::default(),
                    shutdown: lifecycle.shutdown(),
                },
            ));
        }
        self.say(&settings, address, admin_address);
        let again = Arc::new(Notify::new());
        let (loaded, observer) = (self.loaded.clone(), self.observer.clone());
        tasks.spawn(reload_whenever(again.clone(), move || reload(&loaded, &pipeline, &observer, &admin)));
        let reload = || {
            wake.notify_one();
            again.notify_one();
        };
        let ended = lifecycle.run(events, reload).await;
        Ok(ended.into())
    }

    /// The first thing a user sees: who may call what, and where to go.
    fn say(&self, settings: &Settings, address: SocketAddr, admin: Option<SocketAddr>) {
        for warning in self.loaded.warnings() {
            tracing::warn!("{warning}");
        }
        let scheme = if settings.server.tls.is_on() { "https" } else { "http" };
        if self.observer.logger().is_for_people() {
            talk::listening(&self.matrix, scheme, address, admin, settings.environment);
        } else {
            tracing::info!(
                server.address = %address.ip(),
                server.port = address.port(),
                url.scheme = scheme,
                admin.address = admin.map(tracing::field::display),
                environment = settings.environment.as_str(),
                routes = self.matrix.routes().len(),
                service.name = self.about.name,
                service.version = self.about.version,
                "listening"
            );
        }
        for pool in self.sources.pools.get().into_iter().flatten() {
            pool.say();
        }
    }
}

fn sockets(settings: &Settings) -> Result<Sockets, StartError> {
    let server = &settings.server;
    let mut activated = Activated::from_env()?;
    let public = match activated.public()? {
        Some(listener) => listener,
        None => bind(server.host, server.port, server.reuse_port, "server")?,
    };
    let admin = match activated.admin()? {
        Some(listener) => Some(listener),
        None if settings.admin.enabled => {
            Some(bind(settings.admin.host, settings.admin.port, server.reuse_port, "admin")?)
        }
        None => None,
    };
    let tls = match (&server.tls.certificate, &server.tls.key) {
        (Some(certificate), Some(key)) => Some(Tls::load(certificate.clone(), key.clone(), server.http2)?),
        _ => None,
    };
    Ok(Sockets { public, admin, tls })
}

/// Begins to send the spans of requests, if the configuration names a collector.
#[cfg(feature = "otlp")]
fn export_spans(observer: &Observer, settings: &Settings, about: About) -> Result<(), StartError> {
    let exporter = Exporter::new(&settings.trace, about.name, about.version);
    if let Some(exporter) = exporter.map_err(StartError::surroundings)? {
        observer.export_to(exporter);
    }
    Ok(())
}

#[cfg(not(feature = "otlp"))]
fn export_spans(_: &Observer, settings: &Settings, _: About) -> Result<(), StartError> {
    match &settings.trace.otlp_endpoint {
        None => Ok(()),
        Some(_) => Err(StartError::surroundings(
            "`trace.otlp_endpoint` is set, but this service cannot send spans: build it with the feature `otlp`",
        )),
    }
}

/// Sends the spans that wait.
#[cfg(feature = "otlp")]
async fn last_spans(observer: &Arc<Observer>) {
    let observer = observer.clone();
    // It blocks its thread.
    let _ = tokio::task::spawn_blocking(move || observer.shutdown_export(LAST_SPANS)).await;
}

#[cfg(not(feature = "otlp"))]
fn last_spans(_: &Arc<Observer>) -> std::future::Ready<()> {
    std::future::ready(())
}

/// Reloads on every signal, one after the other; of signals that come meanwhile one counts. A file may never be
/// readable (its disk is gone, it is a pipe): whoever is told to stop must not wait for that.
async fn reload_whenever(asked: Arc<Notify>, reload: impl Fn() + Send + Sync + 'static) {
    let reload = Arc::new(reload);
    loop {
        asked.notified().await;
        let reload = reload.clone();
        // What went wrong, it has logged.
        let _ = tokio::task::spawn_blocking(move || reload()).await;
    }
}

/// SIGHUP: what may change is taken over as a whole, or nothing is.
fn reload<A>(loaded: &Loaded<A>, pipeline: &Pipeline, observer: &Observer, admin: &Admin)
where
    A: DeserializeOwned + JsonSchema,
{
    let fresh = match loaded.reload() {
        Ok(fresh) => fresh,
        Err(errors) => {
            tracing::error!(%errors, "the configuration stays as it was");
            return;
        }
    };
    if let Err(error) = pipeline.reload(fresh.reloadable()) {
        tracing::error!(error, "the configuration stays as it was");
        return;
    }
    observer.reload(&fresh.reloadable().log);
    admin.show_config(fresh.show_json());
    tracing::info!(changed = fresh.changed().join(", "), "the configuration was read again");
    if !fresh.restart().is_empty() {
        tracing::warn!(keys = fresh.restart().join(", "), "these keys have changed, and need a restart");
    }
}
