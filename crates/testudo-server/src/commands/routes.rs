//! `routes`: who may call what, as a table or as JSON.

use testudo_core::Router;

use super::contradictory;
use crate::{
    error::{Exit, StartError},
    talk,
};

pub(crate) fn run<S>(router: &Router<S>, json: bool) -> Result<Exit, StartError>
where
    S: Clone + Send + Sync + 'static,
{
    router.check().map_err(contradictory)?;
    let matrix = router.access_matrix();
    if json {
        talk::data(serde_json::to_string_pretty(matrix)?)?;
    } else {
        talk::data(matrix.to_string().trim_end())?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use testudo_core::Stack;

    use super::*;

    #[test]
    fn routes_that_contradict_each_other_are_all_named() {
        let open = Stack::public("it is a test");
        let hello = || async { "hello" };
        let router: Router = Router::new()
            .route("/a", open.get(hello))
            .route("/a", open.get(hello))
            .route("b", open.get(hello));
        let error = run(&router, false).unwrap_err();
        assert_eq!(error.exit(), Exit::Refused);
        let text = error.to_string();
        assert!(text.starts_with("these routes cannot stand:\nGET /a: registered twice"), "{text}");
        assert!(text.contains("\n\"b\" is not a path: it has to start with `/`"), "{text}");
    }
}
