//! Why a token is refused: for the log, and never for the client.

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    SeveralCredentials,
    TooLong,
    NotAToken,
    Header,
    Algorithm,
    CriticalHeader,
    EmbeddedKey,
    Type,
    NoSuchKey,
    Signature,
    Claims,
    Issuer,
    Audience,
    NoExpiry,
    Expired,
    NotYetValid,
    LivesTooLong,
    ClaimsOfTheService,
}

impl Refusal {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::SeveralCredentials => "there is more than one `Authorization` field",
            Self::TooLong => "the token is longer than 8 KiB",
            Self::NotAToken => "it is not three parts of base64url without padding",
            Self::Header => "its header is not an unambiguous JSON object with what it needs",
            Self::Algorithm => "its algorithm is not one that is used here",
            Self::CriticalHeader => "its header has extensions that have to be understood, and are not",
            Self::EmbeddedKey => "its header brings a key along",
            Self::Type => "it is a token of another type",
            Self::NoSuchKey => "there is no key for it",
            Self::Signature => "its signature is wrong",
            Self::Claims => "its claims are not an unambiguous JSON object of the right types",
            Self::Issuer => "it is from another issuer",
            Self::Audience => "it is for another audience",
            Self::NoExpiry => "it does not expire",
            Self::Expired => "it has expired",
            Self::NotYetValid => "it is not valid yet",
            Self::LivesTooLong => "it lives longer than `lifetime_max`",
            Self::ClaimsOfTheService => "its claims are not those that the service reads",
        }
    }
}
