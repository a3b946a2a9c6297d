//! What shields need before the first request, and who gives it to them.

use testudo_core::{Router, ShieldInfo};
use testudo_settings::{Loader, NoApp, RedisSettings, WantedSection};
use testudo_store::{Limiter, Needed, Redis, RedisOptions};

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
            if let Some(section) = need.downcast_ref::<WantedSection>() {
                sections.push(section.clone());
            } else if !need.is::<Needed<Limiter>>() {
                return Err(StartError::surroundings(format!(
                    "the shield `{}` needs something that a service does not provide",
                    shield.name()
                )));
            }
        }
    }
    Ok(sections)
}

/// Gives these shields the store in which they count: Redis where the settings name one, and otherwise the memory of this
/// process. All of them share it.
///
/// # Errors
/// The address of Redis is none.
pub(crate) fn give_stores<'s>(
    shields: impl Iterator<Item = &'s ShieldInfo>,
    redis: &RedisSettings,
    service: &str,
) -> Result<(), StartError> {
    let limiter = match &redis.url {
        None => Limiter::memory(),
        Some(url) => {
            let mut options = RedisOptions::new(url.expose());
            service.clone_into(&mut options.namespace);
            let redis = Redis::open(&options);
            Limiter::redis(redis.map_err(|error| StartError::surroundings(format!("redis.url: {error}")))?)
        }
    };
    for need in shields.flat_map(ShieldInfo::needs) {
        if let Some(needed) = need.downcast_ref::<Needed<Limiter>>() {
            // Whoever was first stays, as with sections.
            needed.give(limiter.clone());
        }
    }
    Ok(())
}

/// Gives the shields of these routes their [sections](crate::Section) and the store they count in (`redis.url`, or the
/// memory of this process), as [`Service::run`](crate::Service::run) does: for tests that start routes without a service. `settings` are keys and values as `--set` takes them.
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
    let read = loader.load::<NoApp>().map_err(|errors| StartError::surroundings(errors.to_string()))?;
    give_stores(routes.shields(), &read.settings().redis, "test")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use testudo_core::{Check, Protects, Shield, ShieldContext, Stack, Verdict};
    use testudo_store::{Key, Policy, StoreErrorKind};

    use super::*;

    /// A shield that counts.
    #[derive(Default)]
    struct Counts(Needed<Limiter>);

    impl Shield for Counts {
        type Output = ();
        type Access = Protects;

        fn info(&self) -> ShieldInfo {
            ShieldInfo::of::<Self>("Counts").needing(self.0.clone())
        }
    }

    impl<L: Sync, S: Sync> Check<L, S> for Counts {
        async fn check(&self, _: &mut ShieldContext, _: &L, _: &S) -> Verdict<()> {
            Verdict::Pass(())
        }
    }

    fn redis(url: Option<&str>) -> RedisSettings {
        serde_json::from_value(serde_json::json!({ "url": url })).unwrap()
    }

    #[tokio::test]
    async fn shields_count_together_where_the_settings_say() {
        let policy = Policy::window("one", 1, Duration::from_hours(1)).unwrap();
        let key = Key::of("test", 1).make();
        for (url, expected) in [
            (None, [Ok(true), Ok(false)]),
            // Nobody listens there.
            (Some("redis://127.0.0.1:1"), [Err(StoreErrorKind::Unavailable); 2]),
        ] {
            let shields = [Counts::default(), Counts::default()];
            let slots = shields.each_ref().map(|shield| shield.0.clone());
            let [one, other] = shields;
            let stack = Stack::<()>::new().shield(one).shield(other);
            assert!(wanted_sections(stack.shields().iter()).unwrap().is_empty());
            give_stores(stack.shields().iter(), &redis(url), "test").unwrap();
            for (slot, expected) in slots.iter().zip(expected) {
                let decided = slot.get().decide(&policy, &key, 1).await;
                let passes =
                    decided.map(|decision| decision.outcome.lets_pass()).map_err(|error| error.kind());
                assert_eq!(passes, expected, "{url:?}");
            }
        }
    }

    #[test]
    fn an_address_that_is_none_is_told_by_its_key_and_shows_no_password() {
        let nothing = redis(Some("redis://:hunter2@["));
        let error = give_stores(std::iter::empty(), &nothing, "test").unwrap_err().to_string();
        assert!(error.contains("redis.url") && !error.contains("hunter2"), "{error}");
    }
}
