#pragma once

#include "core/flow/clones.h"

#include <QAbstractTableModel>

#include <map>

namespace tau::ui {

/// The files of a merge, in one clone or both, with what becomes of each. Those that a person has
/// to decide come first.
class MergeModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { file_column, outcome_column, column_count };
    explicit MergeModel(QObject* parent = nullptr) : QAbstractTableModel(parent) {}

    void set_pulled(const std::vector<flow::Pulled>& pulled);
    /// Those clones are merged; what was decided for the other stays.
    void take_out(const std::vector<vault::Role>& merged);
    const git::MergeFile& file_at(int row) const { return *row_at(row).file; }
    vault::Role role_at(int row) const { return row_at(row).role; }
    /// Whether a person has, or may have, a say in it.
    bool is_open(int row) const;
    const std::optional<git::MergeChoice>& choice_at(int row) const { return row_at(row).choice; }
    /// A text of one's own is what was typed before; it begins as the merged one, or as this
    /// side's.
    void choose(int row, git::MergeChoice::Take take);
    /// Takes this text, and keeps it while another choice is tried.
    void set_text(int row, const std::string& text);
    /// Whether a person typed a text, chosen now or not.
    bool has_typed() const;
    /// Files that still need a decision.
    int undecided() const;
    std::vector<git::MergeChoice> choices(vault::Role role) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void decided();

private:
    struct Row {
        vault::Role role = vault::Role::configuration;
        const git::MergeFile* file = nullptr;
        std::optional<git::MergeChoice> choice;
        std::optional<std::string> typed; ///< where it is another than the one it began as
    };
    const Row& row_at(int row) const { return rows_[static_cast<std::size_t>(row)]; }
    QString outcome(const Row& row) const;

    std::vector<flow::Pulled> pulled_;
    std::vector<Row> rows_;
};

} // namespace tau::ui
