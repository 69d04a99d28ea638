#pragma once

#include "ui/common/theme.h"

#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTabWidget>
#include <QVBoxLayout>

namespace tau::ui {

/// What a widget is, for the stylesheet: "title", "heading", "caption", "card", "footer" …
void set_role(QWidget* widget, const QString& role);
void set_tone(QWidget* widget, Tone tone);

/// Text that does not take part in the keyboard's round, wraps, and can be selected by mouse.
QLabel* make_label(const QString& text, const QString& role = {}, QWidget* parent = nullptr);

enum class ButtonKind { plain, primary, danger, quiet, row };
QPushButton* make_button(const QString& text, ButtonKind kind = ButtonKind::plain,
                         const QString& icon_name = {}, QWidget* parent = nullptr);
void set_kind(QPushButton* button, ButtonKind kind);

/// A bordered surface with a layout of its own.
class Card : public QFrame {
    Q_OBJECT
public:
    explicit Card(QWidget* parent = nullptr);
    QVBoxLayout* box() const { return box_; }

private:
    QVBoxLayout* box_;
};

/// Content of readable width, in the middle of a wide window or at its left edge, that scrolls when
/// the window is small (and follows the focus, as QScrollArea does).
class ScrollPage : public QScrollArea {
    Q_OBJECT
public:
    enum class Edge { middle, left };
    explicit ScrollPage(QWidget* parent = nullptr, Edge edge = Edge::middle);
    QVBoxLayout* box() const { return box_; }

private:
    QVBoxLayout* box_;
};

/// For what is made later than its neighbours: Tab comes to `widget`, then to `next`.
void put_before(QWidget* widget, QWidget* next);

/// A QTabWidget hands the focus on to its bar; while that is hidden, Tab would end there. So the
/// bar alone takes part in the keyboard's round.
void let_tab_pass(QTabWidget& tabs);

/// A thin line between parts.
QFrame* make_rule(QWidget* parent = nullptr);

/// Removes and deletes everything in a layout.
void clear_layout(QLayout* layout);

} // namespace tau::ui
