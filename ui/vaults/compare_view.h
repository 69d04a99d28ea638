#pragma once

#include "core/vault/ranking/ranking.h"

#include <QAbstractTableModel>

#include <map>
#include <memory>

namespace tau::ui {

/// Up to four vaults side by side: a column each, a line for each thing that can be compared.
class CompareModel : public QAbstractTableModel {
    Q_OBJECT
public:
    static constexpr std::size_t most = 4;

    explicit CompareModel(QObject* parent = nullptr);
    /// `operators`: of rows whose records are known.
    void show_rows(std::shared_ptr<vault::Ranking> ranking, const std::vector<std::uint32_t>& rows,
                   const std::map<std::uint32_t, QString>& operators);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation,
                        int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    struct Line {
        QString name;
        QStringList values;
        int best = -1; ///< the column that leads; -1: none does
    };
    QStringList names_;
    QList<Line> lines_;
};

} // namespace tau::ui
