//! Limits on a Redis that several processes share.
//!
//! One script, one key and one round trip for each decision, by the server's clock: neither the clocks of the processes
//! nor the order in which their answers arrive matter. The scripts do what `gcra` and `window` do.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use redis::Script;

use super::{
    decision::{Decision, Left},
    policy::{Policy, Rule},
};
use crate::{Key, Redis, StoreError};

/// What the names of all keys begin with. Who changes what a key holds raises the number.
const PREFIX: &str = "testudo:1:limit:";

static GCRA: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("gcra.lua")));
static WINDOW: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("window.lua")));

/// Decides on the server.
pub(super) async fn decide(
    redis: &Redis,
    policy: &Policy,
    key: &Key,
    cost: u32,
) -> Result<Decision, StoreError> {
    let name = PREFIX.to_owned() + &URL_SAFE_NO_PAD.encode(redis.place_of(policy.place_of(key)));
    match policy.rule() {
        Rule::Gcra(gcra) => {
            let mut script = GCRA.key(name);
            script.arg(gcra.interval).arg(gcra.burst).arg(cost);
            let (admitted, now, back): (bool, u64, u64) = redis.run(&script).await?;
            Ok(Decision::of(now, gcra.left(back, now, cost, admitted)))
        }
        Rule::Window(window) => {
            let mut script = WINDOW.key(name);
            script.arg(window.period).arg(window.limit).arg(cost);
            let (admitted, now, remaining, retry, reset): (bool, u64, i64, u64, u64) =
                redis.run(&script).await?;
            // Below zero where the limit was higher when the units passed.
            let remaining = u64::try_from(remaining).unwrap_or_default();
            Ok(Decision::of(now, Left { admitted, remaining, retry, reset }))
        }
    }
}
