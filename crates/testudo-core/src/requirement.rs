//! Any-of and all-of requirements that cannot be empty.

use std::fmt;

/// A non-empty set of things that are required: roles, scopes, permissions.
///
/// An empty requirement is the classic hole (all of nothing is true), so it cannot be made: a literal one does not
/// compile, and one read from settings is an error.
///
/// ```
/// use testudo_core::Requirement;
///
/// let staff = Requirement::any_of(["admin", "editor"]);
/// assert!(staff.is_met_by(|role| *role == "editor"));
/// assert!(!staff.is_met_by(|_| false));
///
/// let both = Requirement::all_of(["invoices:read", "invoices:write"]);
/// assert!(!both.is_met_by(|scope| *scope == "invoices:read"));
///
/// let from_settings: Vec<&str> = Vec::new();
/// assert!(Requirement::try_any_of(from_settings).is_err());
/// ```
///
/// ```compile_fail
/// let nobody_checks = testudo_core::Requirement::<&str>::all_of([]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement<T> {
    rule: Rule,
    of: Vec<T>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Any,
    All,
}

/// A requirement without anything required, which would be met by everybody.
///
/// ```
/// use testudo_core::Requirement;
///
/// let error = Requirement::<&str>::try_all_of(vec![]).unwrap_err();
/// assert!(error.to_string().contains("at least one"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmptyRequirement(());

impl fmt::Display for EmptyRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a requirement must name at least one thing: an empty one would be met by everybody")
    }
}

impl std::error::Error for EmptyRequirement {}

impl<T> Requirement<T> {
    /// Met when at least one of `of` is. An empty array does not compile.
    ///
    /// ```
    /// # use testudo_core::Requirement;
    /// assert!(Requirement::any_of(["admin", "user"]).is_met_by(|role| *role == "user"));
    /// ```
    pub fn any_of<const N: usize>(of: [T; N]) -> Self {
        const { assert!(N > 0, "a requirement must name at least one thing") };
        Self { rule: Rule::Any, of: of.into() }
    }

    /// Met when every one of `of` is. An empty array does not compile.
    ///
    /// ```
    /// # use testudo_core::Requirement;
    /// assert!(!Requirement::all_of(["admin", "user"]).is_met_by(|role| *role == "user"));
    /// ```
    pub fn all_of<const N: usize>(of: [T; N]) -> Self {
        const { assert!(N > 0, "a requirement must name at least one thing") };
        Self { rule: Rule::All, of: of.into() }
    }

    /// Met when at least one of `of` is, for a list that is only known at run time.
    ///
    /// ```
    /// # use testudo_core::Requirement;
    /// assert!(Requirement::<&str>::try_any_of(vec![]).is_err());
    /// ```
    ///
    /// # Errors
    /// If `of` is empty.
    pub fn try_any_of(of: Vec<T>) -> Result<Self, EmptyRequirement> {
        Self::checked(Rule::Any, of)
    }

    /// Met when every one of `of` is, for a list that is only known at run time.
    ///
    /// ```
    /// # use testudo_core::Requirement;
    /// assert!(Requirement::try_all_of(vec!["admin"]).is_ok());
    /// ```
    ///
    /// # Errors
    /// If `of` is empty.
    pub fn try_all_of(of: Vec<T>) -> Result<Self, EmptyRequirement> {
        Self::checked(Rule::All, of)
    }

    fn checked(rule: Rule, of: Vec<T>) -> Result<Self, EmptyRequirement> {
        if of.is_empty() { Err(EmptyRequirement(())) } else { Ok(Self { rule, of }) }
    }

    /// Whether the requirement is met by someone for whom `has` answers.
    ///
    /// ```
    /// # use testudo_core::Requirement;
    /// assert!(!Requirement::any_of(["admin"]).is_met_by(|_| false));
    /// ```
    pub fn is_met_by(&self, has: impl FnMut(&T) -> bool) -> bool {
        match self.rule {
            Rule::Any => self.of.iter().any(has),
            Rule::All => self.of.iter().all(has),
        }
    }

    /// The required things, for a message.
    ///
    /// ```
    /// # use testudo_core::Requirement;
    /// assert_eq!(Requirement::any_of(["admin"]).required(), ["admin"]);
    /// ```
    pub fn required(&self) -> &[T] {
        &self.of
    }
}
