//! Shields whose settings are sections of the configuration under a name.

use schemars::JsonSchema;
use serde::Deserialize;
use testudo::{NamedSection, bind, prelude::*};
use testudo_testkit::TestService;

/// Who comes in.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Door {
    word: String,
}

impl NamedSection for Door {
    const KIND: &'static str = "door";
}

/// Also an argument that is given, and one of the request.
#[shield(name = "Door", decides, detail = format!("not the word of {place}, which has {} letters", door.word.len()))]
async fn door(#[with] place: &'static str, uri: &axum::http::Uri, #[section] door: &Door) -> bool {
    !place.is_empty() && uri.query() == Some(&door.word)
}

/// Takes the section by value.
#[shield(decides)]
fn owned(#[section] door: Door, uri: &axum::http::Uri) -> bool {
    uri.query() == Some(&door.word)
}

fn routes() -> Router {
    let (house, barn) = (door("the house", "house"), door("the barn", String::from("barn")));
    Router::new()
        .route("/house", Stack::new().shield(door("the house", "house")).get(async || "house"))
        .route("/either", Stack::new().shield(house.or(barn)).get(async || "either"))
        .route("/garden", Stack::new().shield(owned("house")).get(async || "garden"))
}

#[tokio::test]
async fn every_shield_of_a_stack_gets_its_section_combined_ones_too() {
    let routes = routes();
    bind(&routes, [("door.house.word", "sesame"), ("door.barn.word", "hay")]).unwrap();
    let service = TestService::start(routes, ()).await;
    for (path, status) in [
        ("/house?sesame", 200),
        ("/house?hay", 403),
        ("/either?sesame", 200),
        ("/either?hay", 200),
        ("/either?straw", 403),
        ("/garden?sesame", 200),
        ("/garden?hay", 403),
    ] {
        service.get(path).await.status(status);
    }
    let blocked = service.get("/house?hay").await;
    blocked.problem().detail("not the word of the house, which has 6 letters");
}

#[tokio::test]
async fn a_layer_gets_its_sections_when_the_router_knows_of_it() {
    let stack = Stack::new().shield(door("the shed", "shed"));
    let routes: Router = Router::new().needing(stack.shields());
    let old = axum::Router::new().route("/", axum::routing::get(async || "old")).layer(stack.into_layer(()));
    // Also of a router inside another one.
    let routes = Router::new().nest("/inner", routes.nest_unaudited("/old", old, "not moved yet"));
    bind(&routes, [("door.shed.word", "rake")]).unwrap();
    let service = TestService::start(routes, ()).await;
    service.get("/inner/old?rake").await.status(200).text("old");
    service.get("/inner/old?hay").await.status(403);
}

#[test]
fn all_sections_that_are_missing_are_told_at_once() {
    let error = bind(&routes(), [("door.attic.word", "dust")]).unwrap_err().to_string();
    for expected in ["write `[door.house]`", "write `[door.barn]`", "`word` (a text)"] {
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(error.matches("write `[door.house]`").count(), 1, "once, however often it is used: {error}");
}

/// Fails closed: routes that were started without their sections let nobody in.
#[tokio::test]
async fn a_shield_whose_section_has_not_been_read_is_a_fault_of_the_service() {
    let service = TestService::start(routes(), ()).await;
    for path in ["/house?sesame", "/house?", "/either?sesame", "/garden?sesame"] {
        service.get(path).await.status(500);
    }
}

#[tokio::test]
async fn a_section_can_be_given_where_nothing_is_read() {
    let given = Door { word: "sesame".to_owned() };
    let stack = Stack::new().shield(door("the house", given));
    let routes: Router = Router::new().route("/", stack.get(async || "inside"));
    bind(&routes, [("server.port", "0")]).unwrap();
    let service = TestService::start(routes, ()).await;
    service.get("/?sesame").await.status(200);
    service.get("/?hay").await.status(403);
}

#[test]
fn two_types_cannot_be_read_from_one_kind_of_sections() {
    #[derive(Deserialize, JsonSchema)]
    struct Gate {}
    impl NamedSection for Gate {
        const KIND: &'static str = "door";
    }
    #[shield(decides)]
    fn gate(#[section] gate: &Gate) -> bool {
        size_of_val(gate) == 0
    }
    let stack = Stack::new().shield(gate("back")).shield(door("the house", "house"));
    let routes: Router = Router::new().route("/", stack.get(async || "inside"));
    let error = bind(&routes, [("door.house.word", "sesame")]).unwrap_err().to_string();
    assert!(error.contains("door: two types want to be read from the sections of this name"), "{error}");
}

/// What is needed may be anything; what nobody can provide keeps a service from starting.
#[test]
fn a_need_that_nobody_knows_is_an_error_that_names_the_shield() {
    struct Odd;
    impl testudo::Shield for Odd {
        type Output = ();
        type Access = testudo::Decides;
        fn info(&self) -> testudo::ShieldInfo {
            testudo::ShieldInfo::of::<Self>("Odd").needing(7_u32)
        }
    }
    impl<L: Sync, S: Sync> testudo::Check<L, S> for Odd {
        async fn check(&self, _: &mut testudo::ShieldContext, _: &L, _: &S) -> Verdict<()> {
            Verdict::Pass(())
        }
    }
    let routes: Router = Router::new().route("/odd", Stack::new().shield(Odd).get(async || "odd"));
    let error = bind(&routes, [("server.port", "0")]).unwrap_err().to_string();
    assert!(error.contains("the shield `Odd` needs something"), "{error}");
}
