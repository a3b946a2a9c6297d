//! What a pass hands down.

use crate::{argument::Passed, list::Pass};

mod sealed {
    pub trait Sealed {}
    impl Sealed for () {}
    impl<T> Sealed for super::Passed<T> {}
}

/// The value that a shield `Sh` passes.
///
/// ```
/// use testudo::{Value, prelude::*};
///
/// #[shield]
/// fn page_number() -> Option<u32> {
///     Some(1)
/// }
///
/// let value: Value<page_number> = 1_u32;
/// assert_eq!(value, 1);
/// ```
pub type Value<Sh> = <<Sh as super::Shield>::Output as Output>::Value;

/// What a shield hands down: [`Passed<T>`](crate::Passed) for a value, `()` for none.
///
/// ```
/// use testudo_core::{Passed, wiring::Output};
///
/// assert!(<Passed<u32> as Output>::PASSES);
/// assert!(!<() as Output>::PASSES);
/// // A shield that was skipped passes `None`, and a pure check nothing in any case.
/// assert_eq!(<Passed<u32> as Output>::skippable(None), None);
/// assert_eq!(<() as Output>::skippable(None), ());
/// ```
pub trait Output: sealed::Sealed + 'static {
    /// The value itself.
    type Value: Clone + Send + Sync + 'static;

    /// The list `L` with the value on top, where there is one.
    type Push<A, L>;

    /// The output of a shield that may have been skipped.
    type Skippable: Output;

    /// Whether a value joins the list.
    const PASSES: bool;

    /// Puts the value on the list.
    ///
    /// ```
    /// use testudo_core::{Decides, Has, Nothing, Passed, wiring::Output};
    ///
    /// let list = <Passed<u32> as Output>::push::<Decides, _>(7, Nothing);
    /// assert_eq!(list.value(), &7);
    /// ```
    fn push<A, L>(value: Self::Value, list: L) -> Self::Push<A, L>;

    /// The value of a shield that ran, or none of one that was skipped.
    fn skippable(value: Option<Self::Value>) -> <Self::Skippable as Output>::Value;
}

impl Output for () {
    type Value = ();
    type Push<A, L> = L;
    type Skippable = ();
    const PASSES: bool = false;

    fn push<A, L>((): (), list: L) -> L {
        list
    }

    fn skippable(_: Option<()>) {}
}

impl<T: Clone + Send + Sync + 'static> Output for Passed<T> {
    type Value = T;
    type Push<A, L> = Pass<T, A, L>;
    type Skippable = Passed<Option<T>>;
    const PASSES: bool = true;

    fn push<A, L>(value: T, list: L) -> Pass<T, A, L> {
        Pass::new(value, list)
    }

    fn skippable(value: Option<T>) -> Option<T> {
        value
    }
}
