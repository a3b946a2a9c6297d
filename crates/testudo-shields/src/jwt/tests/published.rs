//! A real key server on a free port, and keys that it publishes.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{extract::State, response::IntoResponse, routing::get};
use http::{StatusCode, header};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinHandle};

use super::fixture::*;

/// What a key server answers with.
#[derive(Clone)]
pub(super) enum Answer {
    Keys(Vec<Value>),
    Text(String),
    /// Keys with another status than `200`.
    Status(u16, Vec<Value>),
    Redirect(String),
}

/// A key server that a test changes, stops and starts again.
pub(super) struct Published {
    address: SocketAddr,
    pub(super) shared: Arc<Shared>,
    task: Option<JoinHandle<()>>,
}

pub(super) struct Shared {
    answer: Mutex<Answer>,
    asked: AtomicUsize,
    /// Answers wait for one of these.
    pub(super) open: Semaphore,
}

impl Published {
    pub(super) async fn start(answer: Answer) -> Self {
        let open = Semaphore::new(Semaphore::MAX_PERMITS);
        let shared = Arc::new(Shared { answer: Mutex::new(answer), asked: AtomicUsize::new(0), open });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut published = Self { address, shared, task: None };
        published.serve(listener);
        published
    }

    fn serve(&mut self, listener: TcpListener) {
        let answer = async |State(shared): State<Arc<Shared>>| {
            shared.asked.fetch_add(1, Ordering::SeqCst);
            // What it has when it is asked, however long the answer takes.
            let answer = shared.answer.lock().unwrap().clone();
            shared.open.acquire().await.unwrap().forget();
            match answer {
                Answer::Keys(keys) => json!({ "keys": keys }).to_string().into_response(),
                Answer::Text(text) => text.into_response(),
                Answer::Status(status, keys) => {
                    let status = StatusCode::from_u16(status).unwrap();
                    (status, json!({ "keys": keys }).to_string()).into_response()
                }
                Answer::Redirect(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
            }
        };
        let service = axum::Router::new().route("/jwks.json", get(answer)).with_state(self.shared.clone());
        self.task = Some(tokio::spawn(async { axum::serve(listener, service).await.unwrap() }));
    }

    /// Ends it, and waits until nothing listens any more.
    pub(super) async fn kill(&mut self) {
        let task = self.task.take().unwrap();
        task.abort();
        let _ = task.await;
    }

    pub(super) async fn start_again(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serve(listener);
    }

    pub(super) fn answer_with(&self, answer: Answer) {
        *self.shared.answer.lock().unwrap() = answer;
    }

    pub(super) fn asked(&self) -> usize {
        self.shared.asked.load(Ordering::SeqCst)
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/jwks.json", self.address)
    }

    pub(super) fn guard(&self, algorithms: &[&str]) -> Guard {
        Guard::new(settings(json!({"jwks_url": self.url(), "algorithms": algorithms})).unwrap())
    }
}

impl Drop for Published {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

/// A key, its id, and how it is published.
pub(super) struct Named(pub(super) SigningKey, &'static str);

impl Named {
    pub(super) fn new(kid: &'static str) -> Self {
        Self(SigningKey::p256(), kid)
    }

    pub(super) fn published(&self) -> Value {
        self.0.published(json!({"kid": self.1, "use": "sig", "alg": self.0.name()}))
    }

    pub(super) fn token(&self) -> String {
        // Longer than any of these tests moves the clock.
        let claims = claims_with(json!({"exp": NOW + 80_000}));
        self.0.sign(&json!({"alg": self.0.name(), "kid": self.1}), &claims)
    }
}
