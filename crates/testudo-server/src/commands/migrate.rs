//! `migrate`, and the commands of a service's own: they open what they need, and exit.

use testudo_settings::Loaded;

use super::{log, to_the_end};
use crate::{
    error::{Exit, StartError},
    service::Start,
    surroundings::{Surroundings, World},
    talk,
};

/// Runs `work` in surroundings that are taken apart afterwards, and prints what it returns.
pub(crate) fn run<A: Clone>(
    service: &'static str,
    loaded: &Loaded<A>,
    work: Start<String, A>,
) -> Result<Exit, StartError> {
    let logger = log(loaded)?;
    let world = World::new(service, loaded.settings().clone());
    // Called inside the runtime: a service may start its work before its future is awaited.
    let work = async {
        let done = work(Surroundings::of(world.clone(), loaded.app().clone())).await;
        let left = world.take();
        for pool in &left.pools {
            pool.say();
        }
        left.stop().await;
        done
    };
    let said = to_the_end(&logger, 1, work)?;
    if !said.is_empty() {
        talk::data(said)?;
    }
    Ok(Exit::Done)
}
