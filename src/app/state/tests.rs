use super::*;
use crate::request::{Mode, Model, Side};

fn three() -> (Items, [ItemId; 3]) {
    let mut items = Items::default();
    let ids = ["a", "b", "c"].map(|n| items.add(Source::Picture(n.into()), Request::default()));
    (items, ids)
}

#[test]
fn removing_the_selected_card_selects_its_neighbour() {
    let (mut items, [a, b, c]) = three();
    items.select(b);
    let (position, removed) = items.remove(b).unwrap();
    assert_eq!((position, removed.id, items.selected_id()), (1, b, Some(c)));
    items.remove(c);
    assert_eq!(items.selected_id(), Some(a));
    items.insert(position, removed);
    assert_eq!(items.iter().map(|i| i.id).collect::<Vec<_>>(), [a, b]);
}

#[test]
fn a_new_card_never_takes_the_name_of_a_restored_one() {
    let (old, ids) = three();
    let mut items = Items::default();
    items.restore(old.iter().cloned(), Some(ids[2]));
    assert!(items.add(Source::Picture("d".into()), Request::default()) > ids[2]);
    assert_eq!(items.selected_id(), Some(ids[2]));
}

#[test]
fn restored_cards_with_one_name_or_an_endless_one_get_names_of_their_own() {
    let (old, ids) = three();
    let mut cards: Vec<Item> = old.iter().cloned().collect();
    cards[1].id = ids[0];
    cards[2].id = ItemId(u64::MAX);
    let mut items = Items::default();
    items.restore(cards, Some(ids[0]));
    items.add(Source::Picture("d".into()), Request::default());
    let names: std::collections::HashSet<ItemId> = items.iter().map(|i| i.id).collect();
    assert_eq!((items.len(), names.len()), (4, 4));
    let sources: Vec<_> = items.iter().map(|i| i.source.path().to_str().unwrap()).collect();
    assert_eq!(sources, ["a", "b", "c", "d"]);
    assert_eq!(items.selected().unwrap().name(), "a");
}

#[test]
fn cards_move_by_one_and_stop_at_the_ends() {
    let (mut items, [a, b, c]) = three();
    assert_eq!([items.shift(c, false), items.shift(a, false), items.shift(b, true)], [Some(b), None, None]);
    assert_eq!(items.iter().map(|i| i.id).collect::<Vec<_>>(), [a, c, b]);
    items.select(b);
    items.select_by(1);
    assert_eq!(items.selected_id(), Some(b));
    items.select_by(-1);
    assert_eq!(items.selected_id(), Some(c));
}

#[test]
fn a_mesh_is_outdated_by_other_settings_or_another_cut_out_even_on_disk() {
    let (mut items, [a, ..]) = three();
    let item = items.get_mut(a).unwrap();
    let request = item.request;
    item.saved = Some(SavedResult { file: "a.ply".into(), request, mask: None, views: Views::new(), notes: vec![] });
    assert!(!item.is_outdated() && !item.is_unsaved());
    item.mask = Some("mask.png".into());
    assert!(item.is_outdated());
    item.mask = None;
    item.views.insert(Side::Left, "left.png".into());
    assert!(!item.is_outdated(), "no view is used here");
    (item.request.mode, item.request.model.model) = (Mode::Model, Model::Hunyuan3d2Mv);
    item.saved.as_mut().unwrap().request = item.request;
    assert!(item.is_outdated(), "another view");
    item.saved.as_mut().unwrap().views = item.views.clone();
    assert!(!item.is_outdated());
    item.request.size.height_mm = Some(11.0);
    assert!(item.is_outdated());
    item.saved = None;
    assert!(!item.is_outdated(), "there is no mesh");
}

#[test]
fn a_cut_out_that_is_not_read_makes_no_mesh_outdated() {
    let (mut items, [a, ..]) = three();
    let item = items.get_mut(a).unwrap();
    item.request.mode = Mode::Lithophane;
    let (request, mask) = (item.request, Some("mask.png".into()));
    item.saved = Some(SavedResult { file: "a.ply".into(), request, mask, views: Views::new(), notes: vec![] });
    assert!(!item.is_outdated(), "it was not read then");
    item.mask = Some("other.png".into());
    assert!(!item.is_outdated() && item.mask_for_run().is_none(), "nor is it read now");
    assert!(item.input().mask.is_some(), "the run says that it is not");
    item.request.mode = Mode::Inflate;
    item.saved.as_mut().unwrap().request = item.request;
    assert!(item.is_outdated() && item.mask_for_run().is_some());
}
