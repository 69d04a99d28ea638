#include "ui/project/completion.h"

#include "ui/common/message_bar.h"
#include "ui/common/text.h"
#include "ui/common/theme.h"

#include <QAbstractItemView>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QShortcut>

namespace tau::ui {

namespace {

constexpr int text_role = Qt::UserRole;

} // namespace

Completion::Completion(TextEditor& editor, Offer offer)
    : QObject(&editor), editor_(editor), offer_(std::move(offer)), completer_(&items_, this) {
    completer_.setWidget(&editor);
    completer_.setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    completer_.popup()->setAccessibleName(tr("What could stand here"));
    editor.set_list(completer_.popup());
    auto* key = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Space), &editor);
    key->setContext(Qt::WidgetShortcut);
    connect(key, &QShortcut::activated, this, &Completion::ask);
    connect(&completer_, qOverload<const QModelIndex&>(&QCompleter::activated), this,
            &Completion::put);
    connect(&editor, &QPlainTextEdit::textChanged, this, [this] {
        if (!is_open() || putting_) {
            return;
        }
        if (look()) {
            completer_.popup()->setCurrentIndex(completer_.completionModel()->index(0, 0));
        } else {
            completer_.popup()->hide();
        }
    });
}

bool Completion::is_open() const {
    return completer_.popup()->isVisible();
}

QStringList Completion::offered() const {
    QStringList all;
    for (int row = 0; row < items_.rowCount(); ++row) {
        all << items_.item(row)->text();
    }
    return all;
}

/// Fills the list; false when there is nothing.
bool Completion::look() {
    const QString text = editor_.toPlainText();
    const int at = editor_.textCursor().position();
    const std::string before = to_utf8(text.left(at));
    const auto found = offer_(to_utf8(text), before.size());
    begin_ = static_cast<int>(to_qt(std::string_view(before).substr(0, found.begin)).size());
    items_.clear();
    for (const project::Completions::Item& each : found.items) {
        auto* item = new QStandardItem(to_qt(each.text).trimmed());
        item->setData(to_qt(each.text), text_role);
        item->setToolTip(to_qt(each.note));
        items_.appendRow(item);
    }
    return !found.items.empty();
}

void Completion::ask() {
    if (editor_.isReadOnly()) {
        return;
    }
    if (!look()) {
        announce(&editor_, tr("Nothing to offer here."));
        return;
    }
    if (items_.rowCount() == 1) {
        put(items_.index(0, 0));
        return;
    }
    QAbstractItemView* list = completer_.popup();
    list->setFont(Theme::get().mono_font());
    QRect place = editor_.cursorRect().translated(editor_.viewport()->pos());
    place.setWidth(list->sizeHintForColumn(0) + 2 * space::l +
                   list->verticalScrollBar()->sizeHint().width());
    completer_.complete(place);
    list->setCurrentIndex(completer_.completionModel()->index(0, 0));
}

void Completion::put(const QModelIndex& index) {
    const QScopedValueRollback<bool> quiet(putting_, true);
    const QString text = index.data(text_role).toString();
    QTextCursor cursor = editor_.textCursor();
    const int end = cursor.position();
    cursor.setPosition(begin_);
    cursor.setPosition(end, QTextCursor::KeepAnchor);
    cursor.insertText(text);
    editor_.setTextCursor(cursor);
}

} // namespace tau::ui
