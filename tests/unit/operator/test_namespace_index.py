"""Labels of namespaces: the newest that were heard of."""

from kubeshot_operator.runtime.namespace_index import Namespace, NamespaceIndex

OLD, NEW = Namespace("team", 5, {"tier": "tin"}), Namespace("team", 7, {"tier": "gold"})


def test_labels_are_those_of_the_newest_version() -> None:
    index = NamespaceIndex()
    assert index.labels_of("team") is None
    assert (index.put(NEW), index.put(OLD)) == (True, False)
    assert index.labels_of("team") == {"tier": "gold"}
    assert not index.put(Namespace("team", 9, {"tier": "gold"})), "nothing changed"


def test_namespace_that_was_created_again_is_not_dropped() -> None:
    index = NamespaceIndex()
    index.put(NEW)
    index.drop("team", 6)
    assert index.labels_of("team") is not None
    index.drop("team", 7)
    assert index.labels_of("team") is None


def test_list_drops_what_it_lacks_unless_that_is_younger() -> None:
    index = NamespaceIndex()
    for namespace in (OLD, Namespace("gone", 4, {}), Namespace("young", 20, {})):
        index.put(namespace)
    assert index.replace_all((NEW, Namespace("other", 8, {})), 10) == {"team", "other"}
    assert [index.labels_of(name) for name in ("team", "gone", "young", "other")] == [{"tier": "gold"}, None, {}, {}]
