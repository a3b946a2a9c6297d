//! What shields need before the first request, and who gives it to them.

use testudo_core::{Router, ShieldInfo};
use testudo_settings::{Loader, NoApp, WantedSection};

use crate::error::StartError;

/// The sections of the configuration that these shields are made from.
///
/// # Errors
/// A shield needs something that nobody here knows of.
pub(crate) fn wanted_sections<'s>(
    shields: impl Iterator<Item = &'s ShieldInfo>,
) -> Result<Vec<WantedSection>, StartError> {
    let mut sections = Vec::new();
    for shield in shields {
        for need in shield.needs() {
            let Some(section) = need.downcast_ref::<WantedSection>() else {
                return Err(StartError::surroundings(format!(
                    "the shield `{}` needs something that a service does not provide",
                    shield.name()
                )));
            };
            sections.push(section.clone());
        }
    }
    Ok(sections)
}

/// Gives the shields of these routes their [sections](crate::Section), as [`Service::run`](crate::Service::run) does:
/// for tests that start routes without a service. `settings` are keys and values as `--set` takes them.
///
/// ```
/// use schemars::JsonSchema;
/// use serde::Deserialize;
/// use testudo::{NamedSection, bind, prelude::*};
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Region {
///     country: String,
/// }
///
/// impl NamedSection for Region {
///     const KIND: &'static str = "region";
/// }
///
/// #[shield(detail = format!("only for {}", region.country))]
/// fn region(headers: &axum::http::HeaderMap, #[section] region: &Region) -> bool {
///     headers.get("x-country").is_some_and(|country| country == region.country.as_str())
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let beach = Stack::public("a beach is public").shield(region("south"));
/// let routes: Router = Router::new().route("/beach", beach.get(async || "sand"));
/// assert!(bind(&routes, [("region.south.town", "Faro")]).is_err());
/// bind(&routes, [("region.south.country", "PT")]).unwrap();
///
/// let service = testudo_testkit::TestService::start(routes, ()).await;
/// service.get("/beach").header("x-country", "PT").await.status(200).text("sand");
/// service.get("/beach").await.status(403).problem().detail("only for PT");
/// # });
/// ```
///
/// # Errors
/// All that is wrong with the settings: sections that are missing, and values that do not fit.
pub fn bind<S, K, V>(routes: &Router<S>, settings: impl IntoIterator<Item = (K, V)>) -> Result<(), StartError>
where
    S: Clone + Send + Sync + 'static,
    K: Into<String>,
    V: Into<String>,
{
    let wanted = wanted_sections(routes.shields())?;
    // Nothing of the process or its folder may decide what a test does.
    let loader = Loader::new().working_dir("/dev/null").flag("environment", "test").wants(wanted);
    let loader = settings.into_iter().fold(loader, |loader, (key, value)| loader.flag(key, value));
    loader.load::<NoApp>().map(drop).map_err(|errors| StartError::surroundings(errors.to_string()))
}
