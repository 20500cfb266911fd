//! Everyday things, put together from parts: what pictures mostly show, in all proportions.
//!
//! The other sources are free forms (`families`), smooth and without end, and a limited number of packed solids. These
//! have the flat faces, straight axes and repeated parts of what people make, and there is no end of them.

pub mod kit;

mod aircraft;
mod animals;
mod arms;
mod boxes;
mod buildings;
mod creatures;
mod devices;
mod fauna;
mod figures;
mod fittings;
mod folk;
mod food;
mod frontier;
mod furniture;
mod goods;
mod hall;
mod home;
mod household;
mod keep;
mod kitchen;
mod larder;
mod leisure;
mod likenesses;
mod loot;
mod machines;
mod meals;
mod nature;
mod objects;
mod outposts;
mod parts;
mod pastime;
mod people;
mod realm;
mod rigs;
mod rooms;
mod saurians;
mod ships;
mod shore;
mod sites;
mod store;
mod street;
mod structures;
mod tableware;
mod tools;
mod town;
mod transit;
mod vehicles;
mod vessels;
mod wares;
mod workshop;

use kit::Kit;

use super::pack::PackedMesh;
use super::random::Random;

/// A kind of thing: its name and what puts one together.
pub type Kind = (&'static str, fn(&mut Kit));

/// All kinds.
pub fn kinds() -> Vec<Kind> {
    [
        aircraft::KINDS,
        animals::KINDS,
        arms::KINDS,
        boxes::KINDS,
        buildings::KINDS,
        creatures::KINDS,
        devices::KINDS,
        fauna::KINDS,
        figures::KINDS,
        fittings::KINDS,
        folk::KINDS,
        food::KINDS,
        frontier::KINDS,
        furniture::KINDS,
        goods::KINDS,
        hall::KINDS,
        home::KINDS,
        household::KINDS,
        keep::KINDS,
        kitchen::KINDS,
        larder::KINDS,
        leisure::KINDS,
        likenesses::KINDS,
        loot::KINDS,
        machines::KINDS,
        meals::KINDS,
        nature::KINDS,
        objects::KINDS,
        outposts::KINDS,
        pastime::KINDS,
        people::KINDS,
        realm::KINDS,
        rigs::KINDS,
        rooms::KINDS,
        saurians::KINDS,
        ships::KINDS,
        shore::KINDS,
        sites::KINDS,
        street::KINDS,
        store::KINDS,
        structures::KINDS,
        tableware::KINDS,
        tools::KINDS,
        town::KINDS,
        transit::KINDS,
        vehicles::KINDS,
        vessels::KINDS,
        wares::KINDS,
        workshop::KINDS,
    ]
    .concat()
}

/// A thing of any kind.
pub fn draw(random: &mut Random) -> PackedMesh {
    let kinds = kinds();
    loop {
        let (_, build) = random.pick(&kinds);
        if let Some(thing) = draw_of(build, random) {
            return thing;
        }
    }
}

/// A thing of one kind; `None` when its parts happen not to hold together.
pub fn draw_of(build: fn(&mut Kit), random: &mut Random) -> Option<PackedMesh> {
    let mut kit = Kit::new(random);
    build(&mut kit);
    kit.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let mut names: Vec<_> = kinds().iter().map(|kind| kind.0).collect();
        names.sort_unstable();
        let twice: Vec<_> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    #[test]
    fn every_kind_makes_solids_and_mostly_at_the_first_try() {
        for (name, build) in kinds() {
            let mut made = 0;
            for number in 0..6 {
                let Some(thing) = draw_of(build, &mut Random::new(31, number)) else { continue };
                made += 1;
                assert!(thing.is_closed(), "{name} {number}: an edge lacks a side");
                let (low, high) = thing.corners();
                assert!(((high - low).max_element() - 2.0).abs() < 1e-3, "{name} {number}: {low} to {high}");
                assert!((high - low).min_element() > 0.02, "{name} {number}: as thin as paper");
                let share = thing.volume() / (high - low).element_product();
                assert!((0.001..1.001).contains(&share), "{name} {number}: fills {share} of its box");
                assert!(thing.triangles.len() < 9000, "{name} {number}: {} triangles", thing.triangles.len());
            }
            assert!(made >= 4, "{name}: {made} of 6 hold together");
        }
    }

    #[test]
    fn no_two_draws_of_a_kind_are_alike_and_a_number_is_a_thing_for_ever() {
        for (name, build) in kinds() {
            let draw = |number: u64| (0..).find_map(|k| draw_of(build, &mut Random::new(32, number + 100 * k)));
            assert!(draw(1) != draw(2), "{name}");
            assert!(draw(1) == draw(1), "{name}");
        }
    }
}
