#include "tests/ui/walk.h"

#include "ui/common/theme.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QButtonGroup>
#include <QComboBox>
#include <QHeaderView>
#include <QKeySequence>
#include <QLabel>
#include <QLayout>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QMultiMap>
#include <QPlainTextEdit>
#include <QSet>
#include <QSlider>
#include <QTabBar>
#include <QTest>

#include <algorithm>

namespace tau::test {

namespace {

bool takes_tab(const QWidget& widget) {
    return widget.isVisible() && widget.isEnabled() && widget.focusProxy() == nullptr &&
           (widget.focusPolicy() & Qt::TabFocus) == Qt::TabFocus;
}

QString describe(const QWidget& widget) {
    const QString name = widget.accessibleName().isEmpty() ? widget.property("text").toString()
                                                           : widget.accessibleName();
    return QString(QString::fromLatin1(widget.metaObject()->className()) + QLatin1Char(' ') + name);
}

/// A line of text in a widget that says it nowhere else.
bool fits(const QWidget& widget, const QString& text, int width) {
    return !widget.toolTip().isEmpty() || widget.fontMetrics().horizontalAdvance(text) <= width;
}

bool header_fits(const QHeaderView& header) {
    for (int i = 0; i < header.count(); ++i) {
        const bool named =
            !header.model()->headerData(i, header.orientation(), Qt::ToolTipRole).isNull();
        const QString text = header.model()->headerData(i, header.orientation()).toString();
        if (!header.isSectionHidden(i) && !named &&
            header.fontMetrics().horizontalAdvance(text) > header.sectionSize(i)) {
            return false;
        }
    }
    return true;
}

/// Whether the widget shows all of its text.
bool has_room(const QWidget& widget) {
    if (const auto* label = qobject_cast<const QLabel*>(&widget)) {
        if (label->wordWrap()) {
            return label->height() >= label->heightForWidth(label->width());
        }
        return label->sizePolicy().horizontalPolicy() == QSizePolicy::Ignored
                   ? fits(*label, label->text(), label->width())
                   : label->width() >= label->sizeHint().width();
    }
    if (const auto* box = qobject_cast<const QComboBox*>(&widget)) {
        const QString text = box->isEditable() ? QString() : box->currentText();
        return fits(*box, text, box->width() - ui::space::control);
    }
    if (const auto* line = qobject_cast<const QLineEdit*>(&widget)) {
        return fits(*line, line->placeholderText(), line->width() - 2 * ui::space::s);
    }
    if (const auto* header = qobject_cast<const QHeaderView*>(&widget)) {
        return header->orientation() == Qt::Vertical || header_fits(*header);
    }
    if (const auto* bar = qobject_cast<const QTabBar*>(&widget)) {
        return bar->width() >= bar->sizeHint().width();
    }
    const auto* button = qobject_cast<const QAbstractButton*>(&widget);
    return button == nullptr || button->text().isEmpty() || button->layout() != nullptr ||
           !button->toolTip().isEmpty() || button->width() >= button->sizeHint().width();
}

/// Whether a part of it can never be seen: over it is no room for it, and nothing that scrolls.
bool stands_out(const QWidget& widget) {
    const QWidget* parent = widget.parentWidget();
    const auto* area = parent == nullptr
                           ? nullptr
                           : qobject_cast<const QAbstractScrollArea*>(parent->parentWidget());
    const bool scrolls = area != nullptr && area->viewport() == parent;
    return !widget.isWindow() && !scrolls && !widget.rect().isEmpty() &&
           !parent->rect().contains(widget.geometry());
}

void add_laid_out(const QLayout& layout, QList<const QWidget*>& found) {
    for (int i = 0; i < layout.count(); ++i) {
        QLayoutItem* item = layout.itemAt(i);
        if (item->layout() != nullptr) {
            add_laid_out(*item->layout(), found);
        } else if (item->widget() != nullptr && item->widget()->isVisible()) {
            found << item->widget();
        }
    }
}

/// Where a layout has too little room, its widgets stand over each other.
void add_overlaps(const QWidget& parent, QStringList& found) {
    QList<const QWidget*> beside;
    if (parent.layout() != nullptr) {
        add_laid_out(*parent.layout(), beside);
    }
    for (qsizetype i = 0; i < beside.size(); ++i) {
        for (qsizetype j = i + 1; j < beside.size(); ++j) {
            const QRect both = beside[i]->geometry() & beside[j]->geometry();
            if (!both.isEmpty()) {
                found << QStringLiteral("%1 over %2 (%3 x %4)")
                             .arg(describe(*beside[i]), describe(*beside[j]))
                             .arg(both.width())
                             .arg(both.height());
            }
        }
    }
}

bool is_input(const QWidget& widget) {
    for (const QWidget* over = widget.parentWidget(); over != nullptr;
         over = over->parentWidget()) {
        // The parts of an input are the input's.
        if (qobject_cast<const QComboBox*>(over) != nullptr ||
            qobject_cast<const QLineEdit*>(over) != nullptr ||
            qobject_cast<const QTabBar*>(over) != nullptr ||
            qobject_cast<const QAbstractItemView*>(over) != nullptr) {
            return false;
        }
    }
    return qobject_cast<const QAbstractButton*>(&widget) != nullptr ||
           qobject_cast<const QComboBox*>(&widget) != nullptr ||
           qobject_cast<const QLineEdit*>(&widget) != nullptr ||
           qobject_cast<const QTabBar*>(&widget) != nullptr ||
           qobject_cast<const QSlider*>(&widget) != nullptr ||
           qobject_cast<const QPlainTextEdit*>(&widget) != nullptr ||
           (qobject_cast<const QAbstractItemView*>(&widget) != nullptr &&
            qobject_cast<const QHeaderView*>(&widget) == nullptr);
}

/// Of several that exclude each other the arrow keys reach the others.
bool one_of_several(const QWidget& widget) {
    const auto* button = qobject_cast<const QAbstractButton*>(&widget);
    return button != nullptr && button->isCheckable() && !button->isChecked() &&
           (button->autoExclusive() ||
            (button->group() != nullptr && button->group()->exclusive()));
}

/// What the keyboard has in another way: a key that the tooltip names, or a menu's action.
bool has_another_way(const QWidget& widget, const QWidget& window) {
    const auto actions = window.findChildren<QAction*>();
    return widget.focusPolicy() == Qt::NoFocus &&
           (widget.toolTip().endsWith(QLatin1Char(')')) ||
            std::any_of(actions.begin(), actions.end(), [&](const QAction* action) {
                return action->text().remove(QLatin1Char('&')) == widget.accessibleName();
            }));
}

QString key_of(const QString& text) {
    return QKeySequence::mnemonic(text).toString();
}

void add_shared(QStringList& found, const QMultiMap<QString, QString>& users) {
    for (const QString& key : users.uniqueKeys()) {
        if (!key.isEmpty() && users.count(key) > 1) {
            found << key + QStringLiteral(": ") + users.values(key).join(QStringLiteral(", "));
        }
    }
}

} // namespace

QStringList clipped(const QWidget& page) {
    QStringList found;
    for (const QWidget* widget : page.findChildren<QWidget*>()) {
        if (!widget->isVisible()) {
            continue;
        }
        if (!has_room(*widget) || stands_out(*widget)) {
            found << describe(*widget);
        }
        add_overlaps(*widget, found);
    }
    return found;
}

QStringList unnamed(const QWidget& page) {
    QStringList found;
    for (const QWidget* widget : page.findChildren<QWidget*>()) {
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        if (takes_tab(*widget) && widget->accessibleName().isEmpty() &&
            (button == nullptr || button->text().isEmpty())) {
            found << describe(*widget);
        }
    }
    return found;
}

QStringList without_label(const QWidget& page) {
    QList<const QWidget*> buddies;
    for (const QLabel* label : page.findChildren<QLabel*>()) {
        buddies << label->buddy();
    }
    QStringList found;
    for (const QWidget* widget : page.findChildren<QWidget*>()) {
        const bool input = qobject_cast<const QLineEdit*>(widget) != nullptr ||
                           qobject_cast<const QComboBox*>(widget) != nullptr ||
                           qobject_cast<const QSlider*>(widget) != nullptr;
        if (input && takes_tab(*widget) && !buddies.contains(widget)) {
            found << describe(*widget);
        }
    }
    return found;
}

QStringList ambiguous_keys(const QWidget& window) {
    QMultiMap<QString, QString> users;
    const auto add = [&users](const QString& text) { users.insert(key_of(text), text); };
    QStringList found;
    for (const QMenu* menu : window.findChildren<QMenu*>()) {
        QMultiMap<QString, QString> choices;
        for (const QAction* action : menu->actions()) {
            choices.insert(key_of(action->text()), action->text());
        }
        add_shared(found, choices);
    }
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        const auto* label = qobject_cast<const QLabel*>(widget);
        const auto* menu = qobject_cast<const QMenuBar*>(widget);
        const auto* tabs = qobject_cast<const QTabBar*>(widget);
        if (!widget->isVisible() || !widget->isEnabled()) {
            continue;
        }
        if (button != nullptr) {
            add(button->text());
        } else if (label != nullptr && label->buddy() != nullptr) {
            add(label->text());
        }
        for (const QAction* action : menu == nullptr ? QList<QAction*>() : menu->actions()) {
            add(action->text());
        }
        for (int i = 0; tabs != nullptr && i < tabs->count(); ++i) {
            add(tabs->isTabVisible(i) ? tabs->tabText(i) : QString());
        }
    }
    add_shared(found, users);
    return found;
}

QStringList unreached(QWidget& window) {
    QWidget* first = QApplication::focusWidget();
    if (first != nullptr && first->focusProxy() != nullptr) {
        first = first->focusProxy();
    }
    if (first == nullptr || !window.isAncestorOf(first) || !takes_tab(*first)) {
        return {QStringLiteral("nothing that Tab comes to has the focus")};
    }
    QStringList found;
    if (first->property("kind") == QStringLiteral("danger")) {
        found << describe(*first) + QStringLiteral(" has the focus first");
    }
    constexpr int longest_round = 300;
    QSet<const QWidget*> reached{first};
    for (int step = 0; step < longest_round; ++step) {
        QWidget* now = QApplication::focusWidget();
        if (now->inherits("tau::ui::TextEditor")) {
            QTest::keyClick(now, Qt::Key_Escape); // as its description says
        }
        QTest::keyClick(now, Qt::Key_Tab);
        if (QApplication::focusWidget() == now) {
            found << describe(*now) + QStringLiteral(" keeps the focus");
            break;
        }
        if (QApplication::focusWidget() == first) {
            break;
        }
        reached.insert(QApplication::focusWidget());
    }
    first->setFocus(Qt::OtherFocusReason);
    if (auto* line = qobject_cast<QLineEdit*>(first)) {
        line->end(false); // Tab had selected all of it
    }
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        if (widget->isVisible() && widget->isEnabled() && is_input(*widget) &&
            !reached.contains(widget) && !one_of_several(*widget) &&
            !has_another_way(*widget, window)) {
            found << describe(*widget) + QStringLiteral(" is not reached");
        }
    }
    return found;
}

QStringList out_of_order(QWidget& window) {
    QWidget* first = QApplication::focusWidget();
    if (first == nullptr) {
        return {QStringLiteral("nothing has the focus")};
    }
    QList<QWidget*> round{first};
    for (QWidget* widget = first->nextInFocusChain(); widget != first;
         widget = widget->nextInFocusChain()) {
        if (widget->window() == &window && takes_tab(*widget)) {
            round << widget;
        }
    }
    QStringList up;
    for (qsizetype i = 0; i < round.size(); ++i) {
        const QWidget* from = round[i];
        const QWidget* to = round[(i + 1) % round.size()];
        const int before = from->mapTo(&window, QPoint(0, from->height() / 2)).y();
        const int after = to->mapTo(&window, QPoint(0, to->height() / 2)).y();
        if (after + ui::space::control < before) {
            up << describe(*from) + QStringLiteral(" -> ") + describe(*to);
        }
    }
    // One step closes the round; two more begin the other ones of three columns.
    return up.size() <= 3 ? QStringList() : up;
}

QStringList faults(QWidget& window) {
    QStringList found;
    for (const auto& [what, names] :
         {std::pair("cut: ", clipped(window)), std::pair("no name: ", unnamed(window)),
          std::pair("no label: ", without_label(window)),
          std::pair("one key for two: ", ambiguous_keys(window)),
          std::pair("order: ", out_of_order(window)), std::pair("keyboard: ", unreached(window))}) {
        if (!names.isEmpty()) {
            found << QString::fromLatin1(what) + names.join(QStringLiteral("; "));
        }
    }
    return found;
}

} // namespace tau::test
