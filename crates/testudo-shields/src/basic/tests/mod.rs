//! What users meet; in `reading`, what is read.

mod reading;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::BoxError;
use base64::prelude::{BASE64_STANDARD, Engine};
use testudo::prelude::*;
use testudo_testkit::{Answer, TestService};
use tokio::sync::Semaphore;

use super::{passwords::Passwords, work::Work, *};

/// As little as there is: these tests count, and measure nothing.
const LITTLE: Work = Work { memory_kib: 8, iterations: 1, lanes: 1 };
const MORE: Work = Work { memory_kib: 16, iterations: 2, lanes: 1 };

fn settings(work: Work, at_once: usize, queue: usize) -> BasicSettings {
    BasicSettings { realm: "staff".into(), work, at_once, queue }
}

/// Users, what was stored of them, and a gate that lookups wait at.
#[derive(Clone)]
struct Register {
    hashes: Arc<Mutex<HashMap<&'static str, Hash>>>,
    rehashed: Arc<Mutex<Vec<String>>>,
    arrived: Arc<Semaphore>,
    gate: Arc<Semaphore>,
}

impl Register {
    fn with(users: &[(&'static str, &str)], work: Work) -> Self {
        let hash = |password| Hash::of(password, &settings(work, 1, 0)).unwrap();
        Self {
            hashes: Arc::new(Mutex::new(
                users.iter().map(|(name, password)| (*name, hash(password))).collect(),
            )),
            rehashed: Arc::default(),
            arrived: Arc::new(Semaphore::new(0)),
            gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
        }
    }
}

impl Users for Register {
    type User = usize;
    type Error = BoxError;

    async fn find(&self, name: &str) -> Result<Option<(Hash, usize)>, BoxError> {
        self.arrived.add_permits(1);
        self.gate.acquire().await?.forget();
        match name {
            "down" => Err("connection refused".into()),
            "blocked" => Err(Block::forbidden("not by me").into()),
            "broken" => Ok(Some(("no hash".parse()?, 0))),
            "panics" => panic!("at the disco"),
            _ => Ok(self.hashes.lock().unwrap().get(name).cloned().map(|hash| (hash, name.len()))),
        }
    }

    async fn needs_rehash(&self, name: &str, rehash: Rehash<'_>) {
        let hash = rehash.hash().await.unwrap();
        *self.hashes.lock().unwrap().get_mut(name).unwrap() = hash;
        self.rehashed.lock().unwrap().push(name.to_owned());
    }
}

async fn who(Passed(user): Passed<Basic<usize>>) -> String {
    format!("{} {}", user.name(), *user)
}

/// A service for these users, and what verifies their passwords.
async fn service(register: &Register, settings: BasicSettings) -> (TestService, Passwords) {
    let passwords = Passwords::new(&settings);
    let staff = Stack::new().shield(basic::<Register>(settings).verifying_with(&passwords));
    let routes: Router<Register> = Router::new().route("/", staff.get(who));
    (TestService::start(routes, register.clone()).await, passwords)
}

fn encoded(name: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}

async fn call(service: &TestService, name: &str, password: &str) -> Answer {
    service.get("/").header("authorization", &encoded(name, password)).await
}

#[tokio::test]
async fn every_refusal_is_the_same() {
    let register = Register::with(&[("ann", "secret")], LITTLE);
    let (service, _) = service(&register, settings(LITTLE, 2, 8)).await;
    call(&service, "ann", "secret").await.status(200).text("ann 3");
    let mut bodies = Vec::new();
    for (name, field) in [
        ("missing", None),
        ("a wrong password", Some(encoded("ann", "Secret"))),
        ("an unknown user", Some(encoded("bob", "secret"))),
        ("another case of the name", Some(encoded("Ann", "secret"))),
        ("malformed", Some("Basic secret".to_owned())),
        ("another scheme", Some("Bearer secret".to_owned())),
    ] {
        let call = service.get("/");
        let answer = match field {
            Some(field) => call.header("authorization", &field).await,
            None => call.await,
        };
        assert_eq!(answer.code(), 401, "{name}");
        answer.header("www-authenticate", "Basic realm=\"staff\", charset=\"UTF-8\"");
        answer.problem().shield("Basic").detail("a user name and its password are needed");
        bodies.push(answer.json::<serde_json::Value>().to_string());
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
}

#[tokio::test]
async fn an_unknown_user_costs_the_computations_of_a_wrong_password() {
    let register = Register::with(&[("ann", "secret"), ("eve", "secret")], MORE);
    let (service, passwords) = service(&register, settings(MORE, 2, 8)).await;
    let kinds = [("a wrong password", "ann"), ("an unknown user", "bob"), ("another case", "Ann")];
    let mut costs: HashMap<&str, Vec<Vec<Work>>> = HashMap::new();
    for attempt in 0..40 {
        for (kind, name) in kinds {
            call(&service, name, &format!("guess {attempt}")).await.status(401);
            costs.entry(kind).or_default().push(passwords.take_computed());
        }
    }
    for (kind, costs) in costs {
        assert_eq!(costs, vec![vec![MORE]; 40], "{kind}: one computation each, all with the same parameters");
    }
    call(&service, "ann", "secret").await.status(200);
    assert_eq!(passwords.take_computed(), [MORE], "and so does the right one");
    service.get("/").header("authorization", "Basic secret").await.status(401);
    assert_eq!(passwords.take_computed(), [], "what cannot be read costs nothing, whoever it is meant for");
}

#[tokio::test]
async fn nobody_passes_because_there_is_too_much_to_do() {
    let register = Register::with(&[("ann", "secret")], LITTLE);
    let closed = Register { gate: Arc::new(Semaphore::new(0)), ..register };
    let (service, _) = service(&closed, settings(LITTLE, 1, 1)).await;
    let service = Arc::new(service);
    let calls: Vec<_> = (0..2)
        .map(|_| {
            let service = service.clone();
            tokio::spawn(async move { call(&service, "ann", "secret").await })
        })
        .collect();
    // Both are looked up: the one that would be worked for, and the one in the queue.
    closed.arrived.acquire_many(2).await.unwrap().forget();
    for (name, password) in [("ann", "secret"), ("ann", "wrong"), ("bob", "secret")] {
        // One that was let into the queue would wait at the gate for ever.
        let full = tokio::time::timeout(Duration::from_mins(1), call(&service, name, password));
        let full = full.await.expect("an answer at once");
        full.status(503);
        assert!(full.header_value("retry-after").is_some());
        assert!(!full.json::<serde_json::Value>().to_string().contains("wait to be verified"));
    }
    assert_eq!(closed.arrived.available_permits(), 0, "nobody else was looked up");
    closed.gate.add_permits(3);
    for call in calls {
        call.await.unwrap().status(200);
    }
    call(&service, "ann", "secret").await.status(200);
}

#[tokio::test]
async fn no_more_are_verified_at_once_than_the_settings_say_whether_clients_wait_or_not() {
    let passwords = Passwords::new(&settings(Work { memory_kib: 8_192, ..LITTLE }, 2, 30));
    let mut left = Vec::new();
    for turn in 0..16 {
        let passwords = passwords.clone();
        let verified = async move {
            let place = passwords.place().unwrap();
            passwords.verify(&place, &testudo::Secret::new("secret"), None).await.unwrap()
        };
        if turn % 2 == 0 {
            left.push(tokio::spawn(verified));
        } else {
            // A client that goes away as soon as its turn has come.
            tokio::select! {
                biased;
                _ = verified => {},
                () = tokio::task::yield_now() => {},
            }
        }
    }
    for verified in left {
        assert!(!verified.await.unwrap());
    }
    assert!((1..=2).contains(&passwords.memories()), "{}", passwords.memories());
}

#[tokio::test]
async fn a_user_that_cannot_be_looked_up_is_neither_refused_nor_let_in() {
    let register = Register::with(&[], LITTLE);
    let (service, _) = service(&register, settings(LITTLE, 1, 0)).await;
    for (name, status) in [("down", 503), ("blocked", 503), ("broken", 503), ("panics", 500)] {
        let answer = call(&service, name, "secret").await;
        assert_eq!(answer.code(), status, "{name}");
        let body = answer.json::<serde_json::Value>().to_string();
        assert!(
            !body.contains("refused") && !body.contains("not by me") && !body.contains("disco"),
            "{body}"
        );
    }
    // Every place was given back, also by the one that panicked.
    call(&service, "bob", "secret").await.status(401);
}

#[tokio::test]
async fn a_hash_that_took_less_work_is_made_anew_once_its_password_is_known() {
    let register = Register::with(&[("ann", "secret"), ("new", "secret")], LITTLE);
    register.hashes.lock().unwrap().insert("eve", Hash::of("secret", &settings(MORE, 1, 0)).unwrap());
    let (service, passwords) = service(&register, settings(MORE, 1, 0)).await;
    let rehashed = || register.rehashed.lock().unwrap().clone();
    call(&service, "ann", "wrong").await.status(401);
    call(&service, "eve", "secret").await.status(200);
    assert_eq!((rehashed(), passwords.take_computed()), (vec![], vec![LITTLE, MORE]));
    call(&service, "ann", "secret").await.status(200);
    assert_eq!((rehashed(), passwords.take_computed()), (vec!["ann".to_owned()], vec![LITTLE, MORE]));
    for (password, status) in [("secret", 200), ("Secret", 401)] {
        assert_eq!(call(&service, "ann", password).await.code(), status, "{password}");
    }
    assert_eq!((rehashed().len(), passwords.take_computed()), (1, vec![MORE, MORE]));
}

#[tokio::test]
async fn only_a_missing_password_is_optional() {
    let shield = basic::<Register>(settings(LITTLE, 1, 0)).optional();
    let page = async |Passed(user): Passed<Option<Basic<usize>>>| {
        user.map_or("nobody".to_owned(), |user| user.name().to_owned())
    };
    let open = Stack::public("a greeting").shield(shield);
    let routes: Router<Register> = Router::new().route("/", open.get(page));
    let service = TestService::start(routes, Register::with(&[("ann", "secret")], LITTLE)).await;
    service.get("/").await.status(200).text("nobody");
    service.get("/").bearer("token").await.status(200).text("nobody");
    call(&service, "ann", "secret").await.status(200).text("ann");
    call(&service, "ann", "wrong").await.status(401);
    service.get("/").header("authorization", "Basic").await.status(401);
}

#[tokio::test]
async fn a_section_that_was_not_read_lets_nobody_pass() {
    let routes: Router<Register> =
        Router::new().route("/", Stack::new().shield(basic::<Register>("x")).get(who));
    let service = TestService::start(routes, Register::with(&[("ann", "secret")], LITTLE)).await;
    call(&service, "ann", "secret").await.status(500);
}
