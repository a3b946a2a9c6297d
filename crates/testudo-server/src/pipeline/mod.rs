//! A request's way, from its connection to its route and back: one function, top to bottom.
//!
//! | Step | Where it is decided |
//! |---|---|
//! | trace, id, client | `edge` |
//! | what is known of the request until it is over: its line, its metrics | [`exchange`] |
//! | framing, probes, reserve, hosts, CORS: may it come in? | [`admit`] |
//! | overload, time limit, content limit, routes | [`serve`] |
//! | content that is sent compressed | [`compression`] |
//! | header fields of every response | [`response_fields`] |

mod admit;
mod compression;
mod content;
mod edge_settings;
mod exchange;
mod inside;
mod overload;
mod refusal;
mod response_fields;
mod serve;
mod time_limit;

use std::{
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{Arc, PoisonError, RwLock},
};

use axum::body::Body;
use futures_util::FutureExt;
use http::{HeaderName, Request, Response};
use hyper::body::Incoming;
use testudo_core::{ClientIp, Problem};
use testudo_settings::{Reloadable, Settings};

pub(crate) use self::edge_settings::Edge;
use self::{
    admit::Turned, content::Answered, exchange::Exchange, inside::Inside, overload::Gate, refusal::refuse,
    response_fields::Asked, serve::Routes,
};
use crate::{
    edge::{TraceContext, request_id, settle_host},
    health::Readiness,
    listen::{Answer, ConnectionInfo, Shutdown},
    observe::{
        Observer,
        ids::{Caller, Ids, Trace, request_span},
        server_timing::server_timing,
    },
};

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Answers the requests of the public listener.
#[derive(Clone)]
pub(crate) struct Pipeline(Arc<Parts>);

struct Parts {
    /// What a reload replaces as a whole: a request sees the old or the new, never some of each.
    edge: RwLock<Arc<Edge>>,
    observer: Arc<Observer>,
    readiness: Arc<Readiness>,
    shutdown: Shutdown,
    gate: Gate,
    routes: Routes,
    server_timing: bool,
}

impl Pipeline {
    pub(crate) fn new(
        settings: &Settings,
        edge: Edge,
        routes: axum::Router,
        observer: Arc<Observer>,
        readiness: Arc<Readiness>,
        shutdown: Shutdown,
    ) -> Self {
        Self(Arc::new(Parts {
            edge: RwLock::new(Arc::new(edge)),
            observer,
            readiness,
            shutdown,
            gate: Gate::new(&settings.overload),
            routes: Routes::new(routes, &settings.server),
            server_timing: settings.server.server_timing,
        }))
    }

    /// Takes over new settings.
    pub(crate) fn reload(&self, settings: &Reloadable) -> Result<(), String> {
        let edge = Arc::new(Edge::from_settings(settings)?);
        *self.0.edge.write().unwrap_or_else(PoisonError::into_inner) = edge;
        Ok(())
    }

    fn edge(&self) -> Arc<Edge> {
        // Held for the moment of a count: a writer comes once a reload.
        self.0.edge.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Answer for Pipeline {
    type Content = Answered;

    /// A request's way.
    #[inline]
    fn answer(
        self,
        request: Request<Incoming>,
        connection: Arc<ConnectionInfo>,
        fits: bool,
    ) -> impl Future<Output = Response<Answered>> + Send + 'static {
        // One place for all of its way: whoever needs it whole takes it from here.
        let mut request = request.map(Some);
        async move {
            let (parts, edge) = (&*self.0, self.edge());

            // Outermost, so that every response and every line has them: id, trace, client.
            let (peer, reserved) = (connection.peer, connection.reserved);
            let (ids, secure) = {
                let trace = TraceContext::of(request.headers());
                let id = request_id(request.headers(), &trace);
                let client = edge.proxies.client(peer.ip(), request.headers());
                let secure = client.secure.unwrap_or(connection.tls);
                (Ids::new(id, Some(ClientIp(client.ip)), named(&trace), connection), secure)
            };
            // From here on the request is counted, and has its line, whatever becomes of it.
            let mut exchange = Exchange::begin(&parts.observer, &request, ids.clone());

            // CORS is decided before anything may refuse: a refusal has to be readable for the page that asked.
            let cors = edge.cors.decide(request.method(), request.headers());
            let nonce = edge.headers.nonce();
            let span = request_span(&ids);
            let work = async {
                match admit::admit(&edge, parts, &request, fits, reserved, &cors) {
                    Ok(()) => {}
                    Err(Turned::Answered(response)) => return *response,
                    Err(Turned::Refused(refusal)) => return refuse(&exchange, &refusal),
                }
                settle_host(&mut request);
                let known = request.extensions_mut();
                known.insert(ids.info().clone());
                known.insert(axum::extract::ConnectInfo(peer));
                if let Some(nonce) = &nonce {
                    known.insert(nonce.clone());
                }
                serve::serve(parts, &mut request, &mut exchange).await
            };
            let work = {
                let work = pin!(Some(work));
                // Round everything that is not ours: routes have a boundary of their own, layers round them have not.
                AssertUnwindSafe(Inside::new(work, &span)).catch_unwind().await
            };
            let mut response = work.unwrap_or_else(|panic| refusal::panicked(&exchange, &*panic));

            // On every response, refusals and panics included.
            let status = response.status();
            let asked = Asked { id: ids.request(), cors: &cors, nonce: nonce.as_ref(), secure };
            let headers = response.headers_mut();
            edge.complete(status, headers, asked);
            if parts.server_timing && edge.proxies.trusts(peer.ip()) {
                headers.extend(server_timing(&ids.info().shields()).map(|value| (SERVER_TIMING, value)));
            }
            exchange.answered(response, span)
        }
    }
}

/// The trace of a request, as its lines have it.
fn named(trace: &TraceContext) -> Trace {
    let caller = |span| Caller { span: u64::from_be_bytes(span), is_sampled: trace.sampled };
    Trace { id: trace.trace_number(), span: trace.span_number(), caller: trace.parent.map(caller) }
}

/// Why a response is a server's error, for its line: a word of a closed set.
fn error_class(response: &Response<Body>) -> Option<&'static str> {
    if !response.status().is_server_error() {
        return None;
    }
    let cause = response.extensions().get::<Problem>().and_then(Problem::cause);
    Some(match (response.status().as_u16(), cause) {
        (503, _) => "unavailable",
        (504, _) => "timeout",
        (_, Some(_)) => "failure",
        (_, None) => "answered",
    })
}
