#include "ui/project/history_model.h"

#include "ui/common/text.h"
#include "ui/common/theme.h"

namespace tau::ui {

void HistoryModel::clear() {
    beginResetModel();
    commits_.clear();
    more_ = false;
    waiting_ = false;
    endResetModel();
}

void HistoryModel::add_page(const git::HistoryPage& page) {
    if (!page.commits.empty()) {
        const int first = static_cast<int>(commits_.size());
        beginInsertRows({}, first, first + static_cast<int>(page.commits.size()) - 1);
        commits_.insert(commits_.end(), page.commits.begin(), page.commits.end());
        endInsertRows();
    }
    // Last: whoever asks for more while these come in would get the same ones again.
    waiting_ = false;
    more_ = page.more;
}

int HistoryModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(commits_.size());
}

int HistoryModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QVariant HistoryModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const git::Commit& commit = at(index.row());
    const bool merge = commit.parents.size() > 1;
    switch (role) {
    case Qt::DisplayRole:
        return index.column() == subject_column  ? to_qt(commit.subject)
               : index.column() == author_column ? to_qt(commit.author.name)
                                                 : time_text(commit.time);
    case Qt::ToolTipRole:
        return index.column() == author_column
                   ? tr("%1 <%2>").arg(to_qt(commit.author.name), to_qt(commit.author.email))
                   : to_qt(commit.subject);
    case Qt::AccessibleTextRole:
        return (merge ? tr("%1, merged by %2, %3") : tr("%1, by %2, %3"))
            .arg(to_qt(commit.subject), to_qt(commit.author.name), time_text(commit.time));
    case Qt::ForegroundRole:
        return index.column() == subject_column && !merge ? QVariant(Theme::get().tokens().text)
                                                          : QVariant(Theme::get().tokens().muted);
    default:
        return {};
    }
}

QVariant HistoryModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    return section == subject_column  ? tr("Commit")
           : section == author_column ? tr("Author")
                                      : tr("Time");
}

bool HistoryModel::canFetchMore(const QModelIndex& parent) const {
    return !parent.isValid() && more_ && !waiting_;
}

void HistoryModel::fetchMore(const QModelIndex& parent) {
    if (canFetchMore(parent)) {
        waiting_ = true;
        Q_EMIT more_wanted(commits_.size());
    }
}

} // namespace tau::ui
