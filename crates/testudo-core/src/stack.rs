//! Shields in order, top to bottom.

use std::{fmt, marker::PhantomData, sync::Arc};

use crate::{
    access::{Access, Decided, Public, Undecided},
    argument::HandlerArguments,
    context::ShieldContext,
    endpoint::{BoxFuture, Guarded},
    handler::HandlerFn,
    list::Nothing,
    refusal::Refusal,
    shield::{Check, IntoShield, Output, Shield, ShieldInfo, Verdict, leaf::Leaf},
};
use axum::response::IntoResponse;

/// Runs the shields of a stack that passes `L`.
///
/// The list is a parameter of the trait and never a projection of it, and every step is erased: that keeps the time
/// to compile linear in routes and shields.
pub(crate) trait Run<S, L>: Send + Sync {
    fn run<'a>(&'a self, request: &'a mut ShieldContext, state: &'a S) -> BoxFuture<'a, Result<L, Refusal>>;

    /// What an empty stack passes, without a future.
    fn nothing(&self) -> Option<L> {
        None
    }
}

/// Runs a stack, for which an empty one needs no future.
pub(crate) async fn run<S, L>(
    stack: &dyn Run<S, L>,
    request: &mut ShieldContext,
    state: &S,
) -> Result<L, Refusal> {
    match stack.nothing() {
        Some(passed) => Ok(passed),
        None => stack.run(request, state).await,
    }
}

/// The empty stack.
struct Root;

impl<S: Sync> Run<S, Nothing> for Root {
    fn run<'a>(&'a self, _: &'a mut ShieldContext, _: &'a S) -> BoxFuture<'a, Result<Nothing, Refusal>> {
        Box::pin(std::future::ready(Ok(Nothing)))
    }

    fn nothing(&self) -> Option<Nothing> {
        Some(Nothing)
    }
}

/// A shield below others.
struct Step<S, L, Sh, M> {
    above: Arc<dyn Run<S, L>>,
    shield: Leaf<Sh>,
    found: PhantomData<fn() -> M>,
}

impl<S, L, Sh, M> Run<S, Pushed<Sh, L>> for Step<S, L, Sh, M>
where
    S: Send + Sync,
    L: Send + Sync,
    Sh: Check<L, S, M>,
    Pushed<Sh, L>: Send,
{
    fn run<'a>(
        &'a self,
        request: &'a mut ShieldContext,
        state: &'a S,
    ) -> BoxFuture<'a, Result<Pushed<Sh, L>, Refusal>> {
        Box::pin(async move {
            let passed = run(&*self.above, request, state).await?;
            match self.shield.screen(request, &passed, state).await {
                Verdict::Pass(value) => Ok(Sh::Output::push::<Sh::Access, L>(value, passed)),
                Verdict::Block(block) => Err(block.into()),
                Verdict::Fail(fail) => Err(fail.into()),
            }
        })
    }
}

/// What a stack that passes `L` passes below the shield `Sh`.
type Pushed<Sh, L> = <<Sh as Shield>::Output as Output>::Push<<Sh as Shield>::Access, L>;

/// A stack in state `D` that passes `L`, below the shield `Sh`.
type Extended<S, L, D, Sh> = Stack<S, Pushed<Sh, L>, <<Sh as Shield>::Access as Access>::Then<D>>;

/// Shields in order. A request goes through them top to bottom and stops at the first that does not pass.
///
/// A stack is undecided (no shield has said who may pass; it makes no routes), decided, or public. Its type says
/// what it passes and can be written down: `Stack<App, Passes![User]>` is a decided stack with state `App` that
/// passes a `User`. Cloning and extending share what is there.
///
/// ```
/// use testudo_core::{Router, Stack};
///
/// async fn list() -> &'static str {
///     "everything"
/// }
///
/// let open = Stack::public("the catalogue is public");
/// let router: Router = Router::new().route("/products", open.get(list));
/// assert_eq!(router.access_matrix().routes()[0].path(), "/products");
/// ```
///
/// Without a decision there is no route:
///
/// ```compile_fail
/// # use testudo_core::{Router, Stack};
/// # async fn list() {}
/// let router: Router = Router::new().route("/products", Stack::new().get(list));
/// ```
#[must_use = "a stack guards nothing until it makes a route"]
pub struct Stack<S, L = Nothing, D = Decided> {
    pub(crate) run: Arc<dyn Run<S, L>>,
    pub(crate) shields: Arc<[ShieldInfo]>,
    pub(crate) public: Option<&'static str>,
    decision: PhantomData<fn() -> D>,
}

impl<S, L, D> Clone for Stack<S, L, D> {
    fn clone(&self) -> Self {
        Self {
            run: self.run.clone(),
            shields: self.shields.clone(),
            public: self.public,
            decision: PhantomData,
        }
    }
}

// On `Stack<S>`, so that the state can be named alone: `Stack::<App>::new()`.
impl<S: Send + Sync + 'static> Stack<S> {
    /// An empty stack: undecided until a shield decides.
    ///
    /// Where the state is not known from a signature, name it here: `Stack::<App>::new()`. The compiler then checks
    /// every route on its own, instead of all together once it learns the state.
    pub fn new() -> Stack<S, Nothing, Undecided> {
        Stack { run: Arc::new(Root), shields: Arc::default(), public: None, decision: PhantomData }
    }

    /// A stack whose routes anybody may call, for a reason that the access matrix shows. A blank reason is an error
    /// when the service starts.
    ///
    /// ```
    /// # use testudo_core::{Router, Stack};
    /// let router: Router = Router::new().route("/", Stack::public("everybody may look").get(async || ()));
    /// assert!(router.access_matrix().to_string().contains("public: everybody may look"));
    /// ```
    pub fn public(reason: &'static str) -> Stack<S, Nothing, Public> {
        Stack { run: Arc::new(Root), shields: Arc::default(), public: Some(reason), decision: PhantomData }
    }
}

impl<S: Send + Sync + 'static> Default for Stack<S, Nothing, Undecided> {
    /// An empty, undecided stack.
    fn default() -> Self {
        Stack::new()
    }
}

impl<S: Send + Sync + 'static, L: Send + Sync + 'static, D> Stack<S, L, D> {
    /// This stack with a shield below all others.
    ///
    /// ```
    /// use testudo::prelude::*;
    ///
    /// #[shield(decides)]
    /// fn api_token() -> Option<u32> {
    ///     Some(7)
    /// }
    ///
    /// #[shield]
    /// fn rate_limit(#[with] per_minute: u32) -> bool {
    ///     per_minute > 0
    /// }
    ///
    /// let user = Stack::<()>::new().shield(rate_limit(600)).shield(api_token);
    /// let names: Vec<_> = user.shields().iter().map(|shield| shield.name()).collect();
    /// assert_eq!(names, ["rate_limit", "api_token"]);
    /// ```
    pub fn shield<I, Via, M>(&self, shield: I) -> Extended<S, L, D, I::Shield>
    where
        I: IntoShield<Via>,
        I::Shield: Check<L, S, M>,
        M: 'static,
        Pushed<I::Shield, L>: Send,
    {
        let shield = Leaf::new(shield.into_shield());
        let shields = self.shields.iter().chain([shield.info()]).cloned().collect();
        let public = if <I::Shield as Shield>::Access::DECIDES { None } else { self.public };
        let run = Arc::new(Step { above: self.run.clone(), shield, found: PhantomData::<fn() -> M> });
        Stack { run, shields, public, decision: PhantomData }
    }

    /// The shields, top to bottom.
    ///
    /// ```
    /// # use testudo_core::Stack;
    /// assert!(Stack::<()>::new().shields().is_empty());
    /// ```
    pub fn shields(&self) -> &[ShieldInfo] {
        &self.shields
    }

    pub(crate) fn guard<F, Args, M>(&self, handler: F) -> Guarded<S>
    where
        F: HandlerFn<Args>,
        F::Future: Send,
        F::Output: IntoResponse,
        Args: HandlerArguments<L, S, M> + 'static,
        M: 'static,
    {
        Guarded::new(self.run.clone(), handler)
    }
}

impl<S, L, D> fmt::Debug for Stack<S, L, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stack")
            .field("shields", &self.shields)
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}
