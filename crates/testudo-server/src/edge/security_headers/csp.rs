//! `Content-Security-Policy` (CSP level 3), with the nonce of a response.

use http::HeaderValue;

/// The source expression of a nonce in a policy of the configuration.
const EXPRESSION: &str = "'nonce-{nonce}'";
const PLACEHOLDER: &str = "{nonce}";

/// A policy, made once.
#[derive(Debug, Clone)]
pub(super) struct Csp {
    /// For responses without a nonce.
    fixed: HeaderValue,
    /// What comes before, between and after nonces; empty where the policy has none.
    around: Box<[Box<str>]>,
}

impl Csp {
    /// A policy without a nonce.
    pub(super) fn fixed(policy: &'static str) -> Self {
        Self { fixed: HeaderValue::from_static(policy), around: Box::default() }
    }

    /// A policy in which `'nonce-{nonce}'` may occur. Without a nonce it allows what it allows without that expression.
    pub(super) fn parse(policy: &str) -> Result<Self, String> {
        let without = policy.replace(EXPRESSION, "");
        if without.contains(PLACEHOLDER) {
            return Err(format!(
                "`headers.content_security_policy` has `{PLACEHOLDER}` outside `{EXPRESSION}`: the nonce is only \
                 that expression's"
            ));
        }
        let fixed = Some(without.trim()).filter(|policy| !policy.is_empty() && policy.is_ascii());
        let fixed = fixed.and_then(|policy| HeaderValue::from_str(policy).ok()).ok_or_else(|| {
            format!(
                "`headers.content_security_policy` is no policy on one line of ASCII: `{}`",
                policy.escape_debug()
            )
        })?;
        let around = if policy.contains(EXPRESSION) {
            policy.split(PLACEHOLDER).map(Into::into).collect()
        } else {
            Box::default()
        };
        Ok(Self { fixed, around })
    }

    /// The same, with another policy for responses without a nonce.
    pub(super) fn elsewhere(self, policy: &'static str) -> Self {
        Self { fixed: HeaderValue::from_static(policy), ..self }
    }

    pub(super) fn has_nonce(&self) -> bool {
        !self.around.is_empty()
    }

    /// The value for one response.
    pub(super) fn value(&self, nonce: Option<&str>) -> HeaderValue {
        match nonce {
            Some(nonce) if self.has_nonce() => {
                HeaderValue::try_from(self.around.join(nonce)).unwrap_or_else(|_| self.fixed.clone())
            }
            _ => self.fixed.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_takes_the_nonce_wherever_it_names_it() {
        let csp = Csp::parse("script-src 'self' 'nonce-{nonce}'; style-src 'nonce-{nonce}'").unwrap();
        assert!(csp.has_nonce());
        assert_eq!(csp.value(Some("abc")), "script-src 'self' 'nonce-abc'; style-src 'nonce-abc'");
        assert_eq!(csp.value(None), "script-src 'self' ; style-src");
        let csp = Csp::parse("default-src 'self'").unwrap();
        assert!(!csp.has_nonce());
        assert_eq!(csp.value(Some("abc")), "default-src 'self'");
    }

    #[test]
    fn a_policy_that_cannot_be_sent_is_refused() {
        for (policy, words) in [
            ("", "is no policy"),
            ("default-src 'self'\nscript-src *", "is no policy"),
            ("default-src é", "is no policy"),
            ("script-src {nonce}", "outside `'nonce-{nonce}'`"),
            ("script-src 'nonce-{nonce}' x{nonce}", "outside `'nonce-{nonce}'`"),
        ] {
            let error = Csp::parse(policy).unwrap_err();
            assert!(error.contains(words), "{policy}: {error}");
        }
    }
}
