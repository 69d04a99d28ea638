#include "ui/project/diff_model.h"

#include "ui/common/text.h"
#include "ui/common/theme.h"

#include <QFont>

#include <algorithm>

namespace tau::ui {

namespace {

using git::DiffLine;

constexpr double line_tint = 0.14;

QString shown(const DiffLine& line) {
    QString text = to_qt(line.text);
    text.replace(QLatin1Char('\t'), QStringLiteral("    "));
    if (text.endsWith(QLatin1Char('\r'))) {
        text.chop(1);
    }
    return text;
}

QString sign_of(const DiffLine& line) {
    return line.kind == DiffLine::Kind::added     ? QStringLiteral("+ ")
           : line.kind == DiffLine::Kind::removed ? QStringLiteral("− ")
                                                  : QStringLiteral("  ");
}

} // namespace

void DiffModel::set_diff(git::FileDiff diff) {
    beginResetModel();
    diff_ = std::move(diff);
    lay_out();
    endResetModel();
}

void DiffModel::set_layout(Layout layout) {
    if (layout_ == layout) {
        return;
    }
    beginResetModel();
    layout_ = layout;
    lay_out();
    endResetModel();
}

void DiffModel::lay_out() {
    rows_.clear();
    std::size_t longest = 0;
    for (const git::Hunk& hunk : diff_.hunks) {
        rows_.push_back({&hunk, nullptr, nullptr});
        for (const DiffLine& line : hunk.lines) {
            longest = std::max(longest, line.text.size());
        }
        if (layout_ == Layout::side_by_side) {
            add_pairs(hunk);
            continue;
        }
        for (const DiffLine& line : hunk.lines) {
            rows_.push_back({nullptr, line.kind == DiffLine::Kind::added ? nullptr : &line,
                             line.kind == DiffLine::Kind::removed ? nullptr : &line});
        }
    }
    longest_ = static_cast<int>(longest) + 2;
}

/// Removed lines stand beside the added ones that replace them.
void DiffModel::add_pairs(const git::Hunk& hunk) {
    const auto& lines = hunk.lines;
    for (std::size_t i = 0; i < lines.size();) {
        if (lines[i].kind == DiffLine::Kind::context) {
            rows_.push_back({nullptr, &lines[i], &lines[i]});
            ++i;
            continue;
        }
        const std::size_t removed = i;
        while (i < lines.size() && lines[i].kind == DiffLine::Kind::removed) {
            ++i;
        }
        const std::size_t added = i;
        while (i < lines.size() && lines[i].kind == DiffLine::Kind::added) {
            ++i;
        }
        const std::size_t count = std::max(added - removed, i - added);
        for (std::size_t k = 0; k < count; ++k) {
            rows_.push_back({nullptr, removed + k < added ? &lines[removed + k] : nullptr,
                             added + k < i ? &lines[added + k] : nullptr});
        }
    }
}

bool DiffModel::is_text(int column) const {
    return layout_ == Layout::unified ? column == 2 : column == 1 || column == 3;
}

int DiffModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int DiffModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : layout_ == Layout::unified ? 3 : 4;
}

const DiffLine* DiffModel::line_at(const Row& row, int column) const {
    if (layout_ == Layout::unified) {
        return row.new_line != nullptr ? row.new_line : row.old_line;
    }
    return column < 2 ? row.old_line : row.new_line;
}

/// Of a file that comes or goes one side has no lines.
QString DiffModel::hunk_text(const git::Hunk& hunk) {
    const auto lines = [](const QString& words, unsigned begin, unsigned count) {
        return words.arg(begin).arg(begin + count - 1);
    };
    return hunk.old_count == 0 ? lines(tr("New: lines %1 to %2"), hunk.new_begin, hunk.new_count)
           : hunk.new_count == 0
               ? lines(tr("Gone: lines %1 to %2"), hunk.old_begin, hunk.old_count)
               : lines(lines(tr("Lines %1 to %2 → %3 to %4"), hunk.old_begin, hunk.old_count),
                       hunk.new_begin, hunk.new_count);
}

QString DiffModel::text_of(const Row& row, int column) const {
    if (row.hunk != nullptr) {
        const bool second = layout_ == Layout::side_by_side && column == 3;
        return second ? QString() : hunk_text(*row.hunk);
    }
    const DiffLine* line = line_at(row, column);
    if (line == nullptr) {
        return {};
    }
    return sign_of(*line) + shown(*line) + (line->ends_file ? tr("  (no line end)") : QString());
}

QVariant DiffModel::number_of(const Row& row, int column) const {
    const bool old_side = column == 0;
    const DiffLine* line = old_side ? row.old_line : row.new_line;
    const std::uint32_t number = line == nullptr ? 0
                                 : old_side      ? line->old_number
                                                 : line->new_number;
    return number == 0 ? QVariant() : QVariant(number);
}

QVariant DiffModel::color_of(const Row& row, int column, bool background) const {
    const Tokens& tokens = Theme::get().tokens();
    if (!background) {
        return row.hunk != nullptr || !is_text(column) ? QVariant(tokens.muted)
                                                       : QVariant(tokens.text);
    }
    if (row.hunk != nullptr) {
        return tokens.canvas;
    }
    const DiffLine* line = line_at(row, column);
    if (line == nullptr) {
        return tokens.canvas;
    }
    switch (line->kind) {
    case DiffLine::Kind::added:
        return mix(tokens.surface, tokens.good, line_tint);
    case DiffLine::Kind::removed:
        return mix(tokens.surface, tokens.bad, line_tint);
    case DiffLine::Kind::context:
        break;
    }
    return {};
}

QString DiffModel::spoken(const Row& row) const {
    if (row.hunk != nullptr) {
        return text_of(row, layout_ == Layout::unified ? 2 : 1);
    }
    if (row.old_line != nullptr && row.new_line != nullptr && row.old_line != row.new_line) {
        return tr("line %1 was: %2; is: %3")
            .arg(row.new_line->new_number)
            .arg(shown(*row.old_line), shown(*row.new_line));
    }
    const DiffLine& line = row.new_line != nullptr ? *row.new_line : *row.old_line;
    return line.kind == DiffLine::Kind::added
               ? tr("added, line %1: %2").arg(line.new_number).arg(shown(line))
           : line.kind == DiffLine::Kind::removed
               ? tr("removed, line %1: %2").arg(line.old_number).arg(shown(line))
               : tr("line %1: %2").arg(line.new_number).arg(shown(line));
}

QVariant DiffModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return is_text(index.column()) ? QVariant(text_of(row, index.column()))
                                       : number_of(row, index.column());
    case Qt::AccessibleTextRole:
        return spoken(row);
    case Qt::BackgroundRole:
        return color_of(row, index.column(), true);
    case Qt::ForegroundRole:
        return color_of(row, index.column(), false);
    case Qt::FontRole:
        return Theme::get().mono_font();
    case Qt::TextAlignmentRole:
        return QVariant(is_text(index.column()) ? Qt::AlignLeft | Qt::AlignVCenter
                                                : Qt::AlignRight | Qt::AlignVCenter);
    default:
        return {};
    }
}

QVariant DiffModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    if (layout_ == Layout::unified) {
        return section == 0 ? tr("Old") : section == 1 ? tr("New") : tr("Text");
    }
    return section == 0   ? tr("Old")
           : section == 1 ? tr("Before")
           : section == 2 ? tr("New")
                          : tr("After");
}

QString DiffModel::patch_text(const QList<int>& rows) const {
    QStringList lines;
    for (const int number : rows) {
        const Row& row = rows_[static_cast<std::size_t>(number)];
        if (row.hunk != nullptr) {
            lines << QStringLiteral("@@ -%1,%2 +%3,%4 @@")
                         .arg(row.hunk->old_begin)
                         .arg(row.hunk->old_count)
                         .arg(row.hunk->new_begin)
                         .arg(row.hunk->new_count);
            continue;
        }
        if (row.old_line != nullptr && row.old_line == row.new_line) {
            lines << QLatin1Char(' ') + to_qt(row.old_line->text);
            continue;
        }
        if (row.old_line != nullptr) {
            lines << QLatin1Char('-') + to_qt(row.old_line->text);
        }
        if (row.new_line != nullptr) {
            lines << QLatin1Char('+') + to_qt(row.new_line->text);
        }
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace tau::ui
