#include "tests/ui/walk.h"

#include "ui/common/theme.h"

#include <QAbstractButton>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QKeySequence>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QMultiMap>
#include <QPushButton>
#include <QSlider>

namespace tau::test {

namespace {

bool takes_tab(const QWidget& widget) {
    return widget.isVisible() && widget.isEnabled() &&
           (widget.focusPolicy() & Qt::TabFocus) == Qt::TabFocus;
}

QString describe(const QWidget& widget) {
    const QString name = widget.accessibleName().isEmpty() ? widget.property("text").toString()
                                                           : widget.accessibleName();
    return QString(QString::fromLatin1(widget.metaObject()->className()) + QLatin1Char(' ') + name);
}

} // namespace

QStringList clipped(const QWidget& page) {
    QStringList found;
    for (const QWidget* widget : page.findChildren<QWidget*>()) {
        if (!widget->isVisible()) {
            continue;
        }
        const auto* label = qobject_cast<const QLabel*>(widget);
        const auto* button = qobject_cast<const QPushButton*>(widget);
        const bool one_line = (label != nullptr && !label->wordWrap() &&
                               label->sizePolicy().horizontalPolicy() != QSizePolicy::Ignored) ||
                              (button != nullptr && button->layout() == nullptr) ||
                              qobject_cast<const QCheckBox*>(widget) != nullptr;
        const bool narrow = one_line && widget->width() < widget->sizeHint().width();
        const bool low = label != nullptr && label->wordWrap() &&
                         label->height() < label->heightForWidth(label->width());
        if (narrow || low) {
            found << describe(*widget);
        }
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

QStringList ambiguous_keys(const QMainWindow& window) {
    QMultiMap<QString, QString> users;
    const auto add = [&users](const QString& text) {
        const QKeySequence key = QKeySequence::mnemonic(text);
        if (!key.isEmpty()) {
            users.insert(key.toString(), text);
        }
    };
    for (const QAction* action : window.menuBar()->actions()) {
        add(action->text());
    }
    for (const QWidget* widget : window.findChildren<QWidget*>()) {
        const auto* button = qobject_cast<const QAbstractButton*>(widget);
        const auto* label = qobject_cast<const QLabel*>(widget);
        if (!widget->isVisible() || !widget->isEnabled()) {
            continue;
        }
        if (button != nullptr) {
            add(button->text());
        } else if (label != nullptr && label->buddy() != nullptr) {
            add(label->text());
        }
    }
    QStringList found;
    for (const QString& key : users.uniqueKeys()) {
        if (users.count(key) > 1) {
            found << key + QStringLiteral(": ") + users.values(key).join(QStringLiteral(", "));
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
    // One step closes the round; one more begins the second of two columns.
    return up.size() <= 2 ? QStringList() : up;
}

} // namespace tau::test
