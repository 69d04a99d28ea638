#include "ui/project/merge_model.h"

#include "ui/common/text.h"
#include "ui/common/theme.h"
#include "ui/project/changes_model.h"

#include <algorithm>

namespace tau::ui {

using git::MergeChoice;
using git::MergeFile;
using Verdict = git::MergeFile::Verdict;

namespace {

std::string first_text(const MergeFile& file) {
    return file.verdict == Verdict::merged ? file.merged : file.ours.value_or("");
}

} // namespace

void MergeModel::set_pulled(const std::vector<flow::Pulled>& pulled) {
    beginResetModel();
    pulled_ = pulled;
    rows_.clear();
    for (const flow::Pulled& one : pulled_) {
        if (!one.merge) {
            continue;
        }
        for (const MergeFile& file : one.merge->files) {
            rows_.push_back({one.role, &file, std::nullopt, std::nullopt});
        }
    }
    std::stable_sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
        return (a.file->verdict == Verdict::choose) > (b.file->verdict == Verdict::choose);
    });
    endResetModel();
    Q_EMIT decided();
}

void MergeModel::take_out(const std::vector<vault::Role>& merged) {
    beginResetModel();
    std::erase_if(rows_, [&](const Row& row) {
        return std::find(merged.begin(), merged.end(), row.role) != merged.end();
    });
    endResetModel();
    Q_EMIT decided();
}

bool MergeModel::is_open(int row) const {
    const Verdict verdict = file_at(row).verdict;
    return verdict == Verdict::choose || verdict == Verdict::merged;
}

void MergeModel::choose(int row, MergeChoice::Take take) {
    Row& chosen = rows_[static_cast<std::size_t>(row)];
    chosen.choice = MergeChoice{chosen.file->path, take, {}};
    if (take == MergeChoice::Take::text) {
        chosen.choice->text = chosen.typed.value_or(first_text(*chosen.file));
    }
    Q_EMIT dataChanged(index(row, 0), index(row, column_count - 1));
    Q_EMIT decided();
}

void MergeModel::set_text(int row, const std::string& text) {
    Row& edited = rows_[static_cast<std::size_t>(row)];
    edited.typed = text == first_text(*edited.file) ? std::nullopt : std::optional(text);
    choose(row, MergeChoice::Take::text);
}

bool MergeModel::has_typed() const {
    return std::any_of(rows_.begin(), rows_.end(),
                       [](const Row& row) { return row.typed.has_value(); });
}

int MergeModel::undecided() const {
    return static_cast<int>(std::count_if(rows_.begin(), rows_.end(), [](const Row& row) {
        return row.file->verdict == Verdict::choose && !row.choice;
    }));
}

std::vector<MergeChoice> MergeModel::choices(vault::Role role) const {
    std::vector<MergeChoice> all;
    for (const Row& row : rows_) {
        if (row.role == role && row.choice) {
            all.push_back(*row.choice);
        }
    }
    return all;
}

QString MergeModel::outcome(const Row& row) const {
    if (row.choice) {
        switch (row.choice->take) {
        case MergeChoice::Take::ours:
            return tr("mine");
        case MergeChoice::Take::theirs:
            return tr("theirs");
        case MergeChoice::Take::text:
            return tr("edited");
        }
    }
    switch (row.file->verdict) {
    case Verdict::ours:
        return tr("mine");
    case Verdict::theirs:
        return tr("theirs");
    case Verdict::merged:
        return tr("both, merged");
    case Verdict::choose:
        break;
    }
    return tr("choose");
}

int MergeModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int MergeModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : column_count;
}

QVariant MergeModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Row& row = row_at(index.row());
    const bool open = row.file->verdict == Verdict::choose && !row.choice;
    switch (role) {
    case Qt::DisplayRole:
        return index.column() == file_column ? to_qt(row.file->path) : outcome(row);
    case Qt::ToolTipRole:
        return tr("%1: %2").arg(role_name(row.role), to_qt(row.file->path));
    case Qt::AccessibleTextRole:
        return tr("%1, %2: %3").arg(to_qt(row.file->path), role_name(row.role), outcome(row));
    case Qt::ForegroundRole:
        return index.column() == file_column ? QVariant()
               : open                        ? QVariant(Theme::get().color(Tone::bad))
                                             : QVariant(Theme::get().color(Tone::muted));
    default:
        return {};
    }
}

QVariant MergeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) {
        return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == file_column ? tr("File") : tr("Takes");
}

} // namespace tau::ui
