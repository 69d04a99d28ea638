// Looks at a page as a person with a keyboard, a screen reader or a small window meets it.
#pragma once

#include <QMainWindow>
#include <QStringList>
#include <QWidget>

namespace tau::test {

/// Texts that have less room than they ask for.
QStringList clipped(const QWidget& page);
/// Widgets that the keyboard reaches and a screen reader has no name for.
QStringList unnamed(const QWidget& page);
/// Inputs without a label that is their buddy (unless they say themselves what they are).
QStringList without_label(const QWidget& page);
/// Keys that press more than one visible thing at once.
QStringList ambiguous_keys(const QMainWindow& window);
/// Steps of the Tab round that go up the page, beyond the few that a layout in columns has.
QStringList out_of_order(QWidget& window);

} // namespace tau::test
