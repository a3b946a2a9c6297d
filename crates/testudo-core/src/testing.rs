//! Fixed values in the place of shields and dependencies. Only with the `testing` feature, which `testudo-testkit`
//! switches on: a production build has no way round a shield.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    sync::Arc,
};

use crate::{
    argument::Dependency,
    shield::{Shield, Value},
};

type Fixed = Arc<dyn Any + Send + Sync>;

/// What stands in for which shield or dependency.
///
/// ```
/// use testudo::prelude::*;
/// use testudo_core::testing::Replacements;
///
/// #[shield(decides)]
/// fn api_token() -> Option<u32> {
///     None
/// }
///
/// /// What is in stock.
/// struct Stock(u32);
///
/// impl Dependency for Stock {
///     type From = ();
///     type Error = Problem;
///
///     async fn resolve((): ()) -> Result<Self, Problem> {
///         Err(Problem::unavailable("there is no store in a test"))
///     }
/// }
///
/// let mut fixed = Replacements::new();
/// fixed.shield::<api_token>(7);
/// fixed.dependency(Stock(3));
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let count = async |user: Passed<u32>, stock: Depends<Stock>| format!("{} for {}", stock.0, *user);
/// let router = Router::new().route("/", Stack::new().shield(api_token).get(count)).replace(&fixed);
/// testudo_testkit::TestService::start(router, ()).await.get("/").await.status(200).text("3 for 7");
/// # });
/// ```
#[derive(Clone, Default)]
pub struct Replacements {
    shields: HashMap<TypeId, Fixed>,
    dependencies: HashMap<TypeId, Fixed>,
}

impl Replacements {
    /// Nothing is replaced.
    pub fn new() -> Self {
        Self::default()
    }

    /// Wherever a shield of type `Sh` stands, `value` is passed instead.
    pub fn shield<Sh: Shield>(&mut self, value: Value<Sh>) {
        self.shields.insert(TypeId::of::<Sh>(), Arc::new(value));
    }

    /// Wherever a `Depends<T>` is asked for, it is `value`.
    pub fn dependency<T: Dependency>(&mut self, value: T) {
        self.dependencies.insert(TypeId::of::<T>(), Arc::new(value));
    }

    pub(crate) fn of_shield<Sh: Shield>(&self) -> Option<Value<Sh>> {
        self.shields.get(&TypeId::of::<Sh>())?.downcast_ref::<Value<Sh>>().cloned()
    }

    pub(crate) fn of_dependency<T: Dependency>(&self) -> Option<Arc<T>> {
        self.dependencies.get(&TypeId::of::<T>())?.clone().downcast().ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.shields.is_empty() && self.dependencies.is_empty()
    }

    pub(crate) fn join(&mut self, outer: &Self) {
        self.shields.extend(outer.shields.iter().map(|(id, value)| (*id, value.clone())));
        self.dependencies.extend(outer.dependencies.iter().map(|(id, value)| (*id, value.clone())));
    }
}

impl fmt::Debug for Replacements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replacements")
            .field("shields", &self.shields.len())
            .field("dependencies", &self.dependencies.len())
            .finish()
    }
}
