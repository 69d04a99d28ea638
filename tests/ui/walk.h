// Looks at a page as a person with a keyboard, a screen reader or a small window meets it.
#pragma once

#include <QStringList>
#include <QWidget>

namespace tau::test {

/// Texts that have less room than they ask for and do not say the rest in a tooltip, and widgets
/// that stand partly outside of what is over them.
QStringList clipped(const QWidget& page);
/// Widgets that the keyboard reaches and a screen reader has no name for.
QStringList unnamed(const QWidget& page);
/// Inputs without a label that is their buddy (unless they say themselves what they are).
QStringList without_label(const QWidget& page);
/// Keys that press more than one visible thing at once, or choose one of two in a menu.
QStringList ambiguous_keys(const QWidget& window);
/// What can be clicked and what the Tab key, pressed until it comes round, does not come to; and a
/// beginning that makes no sense.
QStringList unreached(QWidget& window);
/// Steps of the Tab round that go up the page, beyond the few that a layout in columns has.
QStringList out_of_order(QWidget& window);

/// All of it.
QStringList faults(QWidget& window);

} // namespace tau::test
