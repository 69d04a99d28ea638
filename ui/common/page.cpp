#include "ui/common/page.h"

#include "ui/common/icons.h"

#include <QStyle>
#include <QTabBar>
#include <QVariant>

namespace tau::ui {

namespace {

void set_look(QWidget* widget, const char* property, const QString& value) {
    if (widget->property(property).toString() == value) {
        return;
    }
    widget->setProperty(property, value);
    // A stylesheet looks at properties only when it is polished.
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
    widget->update();
}

QString tone_name(Tone tone) {
    switch (tone) {
    case Tone::muted:
        return QStringLiteral("muted");
    case Tone::accent:
        return QStringLiteral("accent");
    case Tone::good:
        return QStringLiteral("good");
    case Tone::warn:
        return QStringLiteral("warn");
    case Tone::bad:
        return QStringLiteral("bad");
    case Tone::plain:
        break;
    }
    return {};
}

QString kind_name(ButtonKind kind) {
    switch (kind) {
    case ButtonKind::primary:
        return QStringLiteral("primary");
    case ButtonKind::danger:
        return QStringLiteral("danger");
    case ButtonKind::quiet:
        return QStringLiteral("quiet");
    case ButtonKind::row:
        return QStringLiteral("row");
    case ButtonKind::plain:
        break;
    }
    return {};
}

} // namespace

void set_role(QWidget* widget, const QString& role) {
    set_look(widget, "role", role);
}

void set_tone(QWidget* widget, Tone tone) {
    set_look(widget, "tone", tone_name(tone));
}

QLabel* make_label(const QString& text, const QString& role, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setFocusPolicy(Qt::NoFocus);
    if (!role.isEmpty()) {
        set_role(label, role);
    }
    return label;
}

void set_kind(QPushButton* button, ButtonKind kind) {
    set_look(button, "kind", kind_name(kind));
}

QPushButton* make_button(const QString& text, ButtonKind kind, const QString& icon_name,
                         QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setAutoDefault(true); // Return presses it, not only Space
    set_kind(button, kind);
    if (!icon_name.isEmpty()) {
        // Wider than the picture: the stylesheet's own gap before the text is too small.
        button->setIconSize({space::icon + space::xs, space::icon});
        switch (kind) {
        case ButtonKind::primary:
            button->setIcon(icon_on_accent(icon_name));
            break;
        case ButtonKind::danger:
            button->setIcon(icon(icon_name, Tone::bad));
            break;
        case ButtonKind::quiet:
            button->setIcon(icon(icon_name, Tone::accent));
            break;
        case ButtonKind::plain:
        case ButtonKind::row:
            button->setIcon(icon(icon_name, Tone::muted));
            break;
        }
    }
    return button;
}

Card::Card(QWidget* parent) : QFrame(parent), box_(new QVBoxLayout(this)) {
    set_role(this, QStringLiteral("card"));
    box_->setContentsMargins(space::l, space::m, space::l, space::m);
    box_->setSpacing(space::s);
}

ScrollPage::ScrollPage(QWidget* parent, Edge edge) : QScrollArea(parent) {
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    auto* outer = new QWidget;
    set_role(outer, QStringLiteral("page"));
    auto* row = new QHBoxLayout(outer);
    row->setContentsMargins(space::xl, space::xl, space::xl, space::xl);
    auto* inner = new QWidget;
    inner->setMaximumWidth(edge == Edge::middle ? space::text_width : space::page_width);
    box_ = new QVBoxLayout(inner);
    box_->setContentsMargins(0, 0, 0, 0);
    box_->setSpacing(space::l);
    if (edge == Edge::middle) {
        row->addStretch(1);
    }
    row->addWidget(inner, 1000);
    row->addStretch(1);
    setWidget(outer);
    viewport()->setAutoFillBackground(false);
}

QFrame* make_rule(QWidget* parent) {
    auto* rule = new QFrame(parent);
    set_role(rule, QStringLiteral("rule"));
    return rule;
}

void put_before(QWidget* widget, QWidget* next) {
    QWidget* before = next->previousInFocusChain();
    while (before != next && (before == widget || before->focusPolicy() == Qt::NoFocus)) {
        before = before->previousInFocusChain();
    }
    if (before != next) {
        QWidget::setTabOrder(before, widget);
    }
}

void let_tab_pass(QTabWidget& tabs) {
    tabs.setFocusProxy(nullptr);
    tabs.setFocusPolicy(Qt::NoFocus);
    tabs.tabBar()->setFocusPolicy(Qt::TabFocus);
}

void clear_layout(QLayout* layout) {
    while (layout->count() > 0) {
        QLayoutItem* item = layout->takeAt(0);
        if (item->widget() != nullptr) {
            item->widget()->hide();
            item->widget()->deleteLater();
        } else if (item->layout() != nullptr) {
            clear_layout(item->layout());
        }
        delete item;
    }
}

} // namespace tau::ui
