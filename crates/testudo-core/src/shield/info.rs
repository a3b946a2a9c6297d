//! How a shield describes itself to the access matrix, to events and to documentation.

use std::{
    any::{Any, TypeId},
    borrow::Cow,
    fmt,
    sync::Arc,
};

use serde::{Serialize, Serializer};

use super::{Output, Shield};
use crate::access::Access;

/// A type by name and identity.
///
/// ```
/// use testudo_core::TypeInfo;
///
/// let info = TypeInfo::of::<Option<String>>();
/// assert_eq!(info.short_name(), "Option<String>");
/// assert!(info.name().contains("::"));
/// assert_eq!(info.id(), std::any::TypeId::of::<Option<String>>());
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TypeInfo {
    name: &'static str,
    id: TypeId,
}

impl TypeInfo {
    /// The type `T`.
    pub fn of<T: 'static>() -> Self {
        Self { name: std::any::type_name::<T>(), id: TypeId::of::<T>() }
    }

    /// The full name, as the compiler spells it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The name without the paths of its parts: `Scope<InvoicesWrite>`.
    pub fn short_name(&self) -> String {
        let mut short = String::with_capacity(self.name.len());
        for part in self.name.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
            short.push_str(part.rsplit_once("::").map_or(part, |(_, last)| last));
        }
        short
    }

    /// The identity.
    pub fn id(&self) -> TypeId {
        self.id
    }
}

impl fmt::Debug for TypeInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for TypeInfo {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.serialize_str(&self.short_name())
    }
}

/// A shield's name, kind and what it passes.
///
/// ```
/// use testudo::prelude::*;
///
/// #[shield(name = "API Token", decides)]
/// fn api_token() -> Option<u32> {
///     Some(7)
/// }
///
/// let stack = Stack::<()>::new().shield(api_token);
/// let info = &stack.shields()[0];
/// assert_eq!((info.name(), info.decides()), ("API Token", true));
/// assert_eq!(info.passes().unwrap().short_name(), "u32");
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct ShieldInfo {
    name: Cow<'static, str>,
    decides: bool,
    passes: Option<TypeInfo>,
    /// Made of other shields, which have events of their own.
    #[serde(skip)]
    composite: bool,
    #[serde(skip)]
    needs: Vec<Arc<dyn Any + Send + Sync>>,
}

impl ShieldInfo {
    /// The shield `Sh` under this name.
    ///
    /// ```
    /// use testudo::{ShieldInfo, prelude::*};
    ///
    /// #[shield(protects)]
    /// fn rate_limit() -> bool {
    ///     true
    /// }
    ///
    /// let info = ShieldInfo::of::<rate_limit>("Rate Limit");
    /// assert_eq!((info.name(), info.decides(), info.passes()), ("Rate Limit", false, None));
    /// ```
    pub fn of<Sh: Shield>(name: impl Into<Cow<'static, str>>) -> Self {
        let passes = <Sh::Output as Output>::PASSES.then(TypeInfo::of::<super::Value<Sh>>);
        Self { name: name.into(), decides: Sh::Access::DECIDES, passes, composite: false, needs: Vec::new() }
    }

    /// The shield `Sh`, made of others: it needs what they need.
    pub(crate) fn composite<Sh: Shield>(name: impl Into<Cow<'static, str>>, parts: &[&Self]) -> Self {
        let needs = parts.iter().flat_map(|part| &part.needs).cloned().collect();
        Self { composite: true, needs, ..Self::of::<Sh>(name) }
    }

    /// The same name and nature, with what the types of `Sh` say.
    pub(crate) fn typed_as<Sh: Shield>(self) -> Self {
        let Self { name, composite, needs, .. } = self;
        Self { composite, needs, ..Self::of::<Sh>(name) }
    }

    /// Adds something that has to be there before the first request, such as a section of the configuration. Whoever
    /// starts the routes finds it among [`needs`](Self::needs) and provides it, or does not start.
    ///
    /// ```
    /// use std::sync::{Arc, OnceLock};
    /// use testudo::{Check, Protects, Shield, ShieldContext, ShieldInfo, Stack, Verdict};
    /// use testudo::prelude::*;
    ///
    /// /// How many requests pass in all: somebody else knows.
    /// #[derive(Clone, Default)]
    /// struct Limit(Arc<OnceLock<u32>>);
    ///
    /// struct AtMost(Limit);
    ///
    /// impl Shield for AtMost {
    ///     type Output = ();
    ///     type Access = Protects;
    ///
    ///     fn info(&self) -> ShieldInfo {
    ///         ShieldInfo::of::<Self>("At Most").needing(self.0.clone())
    ///     }
    /// }
    /// # impl<L: Sync, S: Sync> Check<L, S> for AtMost {
    /// #     async fn check(&self, _: &mut ShieldContext, _: &L, _: &S) -> Verdict<()> { Verdict::Pass(()) }
    /// # }
    ///
    /// let (one, two) = (Limit::default(), Limit::default());
    /// let stack = Stack::<()>::new().shield(AtMost(one.clone()).or(AtMost(two.clone())));
    /// for need in stack.shields()[0].needs() {
    ///     need.downcast_ref::<Limit>().unwrap().0.set(5).unwrap();
    /// }
    /// assert_eq!((one.0.get(), two.0.get()), (Some(&5), Some(&5)));
    /// ```
    #[must_use]
    pub fn needing(mut self, need: impl Any + Send + Sync) -> Self {
        self.needs.push(Arc::new(need));
        self
    }

    pub(crate) fn is_composite(&self) -> bool {
        self.composite
    }

    /// The name that clients, logs and metrics see.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn name_cow(&self) -> &Cow<'static, str> {
        &self.name
    }

    /// Whether the shield authenticates or authorises.
    pub fn decides(&self) -> bool {
        self.decides
    }

    /// What has to be there before the first request; of a shield made of others, what they need.
    ///
    /// ```
    /// # use testudo::prelude::*;
    /// #[shield(protects)]
    /// fn door() -> bool {
    ///     true
    /// }
    ///
    /// assert_eq!(Stack::<()>::new().shield(door).shields()[0].needs().count(), 0);
    /// ```
    pub fn needs(&self) -> impl Iterator<Item = &(dyn Any + Send + Sync)> {
        self.needs.iter().map(|need| &**need)
    }

    /// The type of the value it passes, if it passes one.
    pub fn passes(&self) -> Option<TypeInfo> {
        self.passes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_keep_the_shape_of_the_type() {
        for (info, expected) in [
            (TypeInfo::of::<u32>(), "u32"),
            (TypeInfo::of::<Option<ShieldInfo>>(), "Option<ShieldInfo>"),
            (TypeInfo::of::<(Vec<String>, TypeInfo)>(), "(Vec<String>, TypeInfo)"),
        ] {
            assert_eq!(info.short_name(), expected);
        }
    }
}
