use testudo::prelude::*;
use testudo_testkit::TestService;

use super::{names::is_name, *};

#[derive(Clone)]
struct Key(String);

impl Scoped for Key {
    fn has_scope(&self, name: &str) -> bool {
        self.0.split(' ').any(|scope| scope == name)
    }
}

#[shield(crate = crate::__facade, decides, status = 401)]
fn key(headers: &axum::http::HeaderMap) -> Option<Key> {
    Some(Key(headers.get("x-scopes")?.to_str().ok()?.to_owned()))
}

enum Read {}
enum Write {}

impl ScopeName for Read {
    const NAME: &'static str = "read";
}

impl ScopeName for Write {
    const NAME: &'static str = "write";
}

#[tokio::test]
async fn every_rule_passes_those_who_have_the_scopes_and_nobody_else() {
    let keys = Stack::new().shield(key);
    let one = keys.shield(required::<Read, Key>());
    let both = keys.shield(all_of::<(Read, Write), Key>());
    let either = keys.shield(any_of::<(Read, Write), Key>());
    let routes: Router = Router::new()
        .route("/one", one.get(async |_: Passed<Scope<Read>>| "one"))
        .route("/both", both.get(async |_: Passed<AllOf<(Read, Write)>>| "both"))
        .route("/either", either.get(async |_: Passed<AnyOf<(Read, Write)>>| "either"));
    let service = TestService::start(routes, ()).await;
    for (scopes, one, both, either) in [
        ("read", 200, 403, 200),
        ("write", 403, 403, 200),
        ("read write", 200, 200, 200),
        ("write read other", 200, 200, 200),
        ("", 403, 403, 403),
        ("READ WRITE", 403, 403, 403),
        ("reader writer", 403, 403, 403),
        ("read-write", 403, 403, 403),
    ] {
        for (path, status) in [("/one", one), ("/both", both), ("/either", either)] {
            let answer = service.get(path).header("x-scopes", scopes).await;
            assert_eq!(answer.code(), status, "{scopes:?} at {path}");
        }
    }
    for (path, challenge, shield, detail) in [
        ("/one", "read", "Scope read", "the scope `read` is required"),
        ("/both", "read write", "Scope read and write", "the scopes `read`, `write` are required"),
        ("/either", "read write", "Scope read or write", "one of the scopes `read`, `write` is required"),
    ] {
        let answer = service.get(path).header("x-scopes", "other").await;
        let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{challenge}\"");
        answer.status(403).header("www-authenticate", &challenge);
        answer.problem().shield(shield).detail(detail);
        service.get(path).await.status(401);
    }
}

#[test]
fn what_is_a_name() {
    for (name, expected) in [
        ("read", true),
        ("invoices:write", true),
        ("https://api.example.com/.default", true),
        ("!#[]~", true),
        ("", false),
        ("two words", false),
        ("a\"b", false),
        ("a\\b", false),
        ("ä", false),
        ("a\n", false),
    ] {
        assert_eq!(is_name(name), expected, "{name:?}");
    }
}
