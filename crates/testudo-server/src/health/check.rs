//! A check: what it says, and how it is asked.

use std::{borrow::Cow, future::Future, pin::Pin};

use testudo_core::Problem;

/// What a check says of the thing it looks at.
///
/// ```
/// use testudo_server::Health;
///
/// fn of_queue(waiting: usize) -> Health {
///     match waiting {
///         0..100 => Health::Up,
///         100..1_000 => Health::degraded("the queue grows"),
///         _ => Health::down("the queue is full"),
///     }
/// }
/// assert_eq!(of_queue(7), Health::Up);
/// assert_ne!(of_queue(700), of_queue(7_000));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It works.
    Up,
    /// It works worse than it should; the service still gets traffic. Operators read why.
    Degraded(Cow<'static, str>),
    /// It does not work, and the service should not get traffic. Operators read why.
    Down(Cow<'static, str>),
}

impl Health {
    /// It works worse than it should.
    pub fn degraded(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Degraded(why.into())
    }

    /// It does not work.
    pub fn down(why: impl Into<Cow<'static, str>>) -> Self {
        Self::Down(why.into())
    }
}

/// What the function of a check may return: [`Health`], or a `Result` whose error means down.
///
/// ```
/// use testudo_server::{Health, IntoHealth};
///
/// assert_eq!(Ok::<(), std::fmt::Error>(()).into_health(), Health::Up);
/// assert_eq!(Err::<(), _>("connection refused").into_health(), Health::down("connection refused"));
/// ```
pub trait IntoHealth {
    /// What it says.
    fn into_health(self) -> Health;
}

impl IntoHealth for Health {
    fn into_health(self) -> Health {
        self
    }
}

impl<T, E: std::fmt::Display> IntoHealth for Result<T, E> {
    fn into_health(self) -> Health {
        self.map_or_else(|error| Health::down(error.to_string()), |_| Health::Up)
    }
}

type Run = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Health> + Send>> + Send + Sync>;

/// Something to look at from time to time.
pub(crate) struct Check {
    pub(crate) name: &'static str,
    run: Run,
}

impl Check {
    pub(crate) fn new<F, R>(name: &'static str, check: F) -> Self
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future + Send + 'static,
        R::Output: IntoHealth,
    {
        let run: Run = Box::new(move || {
            let answer = check();
            Box::pin(async move { answer.await.into_health() })
        });
        Self { name, run }
    }

    pub(crate) fn run(&self) -> Pin<Box<dyn Future<Output = Health> + Send>> {
        (self.run)()
    }
}

/// The answer to a probe that is told no.
pub(super) fn not_ready(why: &'static str) -> Problem {
    Problem::new(http::StatusCode::SERVICE_UNAVAILABLE)
        .detail(why)
        .header(http::header::RETRY_AFTER, http::HeaderValue::from_static("1"))
}
